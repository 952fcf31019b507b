import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NeedsRole } from '../../admin/needs-role.js';
import { pageOf } from '../../admin/paging.js';
import { Clock } from '../../kernel/clock.js';
import { KeywheelError } from '../../kernel/errors.js';
import { PoolOverview } from '../ports.js';
import { KeyStates, KeyStatesQuery } from './key-states.dto.js';

@ApiTags('statistics')
@NeedsRole('viewer')
@Controller()
export class KeyStatesController {
  constructor(
    private readonly overview: PoolOverview,
    private readonly clock: Clock,
  ) {}

  @Get('stats/keys')
  @ApiOperation({ summary: 'The state of every pool, and with `upstream` of its keys' })
  @ApiOkResponse({ type: KeyStates })
  async states(@Query() query: KeyStatesQuery): Promise<KeyStates> {
    const { upstream } = query;
    const at = this.clock.now();
    const pools = await this.overview.pools();
    if (upstream === undefined) return { at, pools };
    const keys = await this.overview.keys(upstream, query.page, query.pageSize);
    if (!keys) throw new KeywheelError('unknown_upstream', `There is no upstream ${upstream}.`);
    return {
      at,
      pools: pools.filter((pool) => pool.upstream === upstream),
      keys: pageOf(query, [keys.items, keys.total]),
    };
  }
  @Get('keys_status')
  @ApiOperation({ summary: 'The same as `/stats/keys`' })
  @ApiOkResponse({ type: KeyStates })
  alias(@Query() query: KeyStatesQuery): Promise<KeyStates> {
    return this.states(query);
  }
}
