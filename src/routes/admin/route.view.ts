import { ApiProperty } from '@nestjs/swagger';
import { ApiTime, isoTime } from '../../admin/times.js';
import type { RouteRow } from '../route-row.js';
import { STRATEGIES, type Strategy } from '../route.js';

export class RouteTargetView {
  @ApiProperty({ description: 'Slug of an upstream' })
  upstream: string;

  @ApiProperty()
  model: string;

  @ApiProperty({ type: 'integer' })
  weight: number;
}

export class RouteView {
  @ApiProperty()
  id: string;

  @ApiProperty({ description: 'The name that clients ask for' })
  model: string;

  @ApiProperty({ type: [RouteTargetView] })
  targets: RouteTargetView[];

  @ApiProperty({ enum: STRATEGIES, enumName: 'Strategy' })
  strategy: Strategy;

  @ApiTime('When it was made')
  createdAt: string;

  @ApiTime('When it was last changed')
  updatedAt: string;
}

export function viewOf({ id, model, targets, strategy, createdAt, updatedAt }: RouteRow): RouteView {
  return {
    id,
    model,
    targets: targets.map(({ upstream, model: asked, weight }) => ({ upstream, model: asked, weight })),
    strategy,
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
  };
}
