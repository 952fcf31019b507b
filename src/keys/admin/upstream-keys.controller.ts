import { Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request } from 'express';
import { BodyLimit } from '../../admin/body.interceptor.js';
import { type Page, pageOf, pageSchema, rowsOf } from '../../admin/paging.js';
import { KeywheelError } from '../../kernel/errors.js';
import { KeyImport } from '../import/key-import.js';
import { UpstreamLookup } from '../ports.js';
import { entriesIn, entriesOf, LARGEST_JSON } from './import-body.js';
import { KeyPageQuery } from './key-filter.js';
import { KeyFinder } from './key-finder.js';
import { IMPORT_BODY, ImportAnswer, KeyEntryBody } from './key-import.dto.js';
import { KeyList } from './key-list.js';
import { KeyView } from './key-view.js';

@ApiTags('keys')
@Controller('api/admin/upstreams/:slug/keys')
export class UpstreamKeysController {
  constructor(
    private readonly upstreams: UpstreamLookup,
    private readonly finder: KeyFinder,
    private readonly list: KeyList,
    private readonly imports: KeyImport,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List the keys of an upstream, in the order in which they were added' })
  @pageSchema(KeyView)
  async page(@Param('slug') slug: string, @Query() query: KeyPageQuery): Promise<Page<KeyView>> {
    const { skip, take } = rowsOf(query);
    const [ids, total] = await this.finder.page(this.idOf(slug), query, skip, take);
    return pageOf(query, [await this.list.show(ids), total]);
  }

  @Post()
  @BodyLimit(LARGEST_JSON)
  @ApiOperation({
    summary: 'Add keys',
    description:
      'JSON, or text with one key a line: blank lines and lines that begin with `#` are skipped, up to 64 MiB. Keys that are held already stay as they are, so it can be repeated.',
  })
  @ApiConsumes('application/json', 'text/plain')
  @ApiExtraModels(KeyEntryBody)
  @ApiBody(IMPORT_BODY)
  @ApiCreatedResponse({ type: ImportAnswer })
  add(@Param('slug') slug: string, @Req() request: Request): Promise<ImportAnswer> {
    const upstreamId = this.idOf(slug);
    const isText = request.is('text/plain') !== false;
    return this.imports.add(upstreamId, isText ? entriesIn(request) : entriesOf(request.body));
  }

  private idOf(slug: string): string {
    const id = this.upstreams.idOf(slug);
    if (id === undefined) throw new KeywheelError('unknown_upstream', 'There is no upstream with this slug.');
    return id;
  }
}
