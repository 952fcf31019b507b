import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { STRATEGIES, type Strategy } from '../../routes/route.js';

export class InspectRequest {
  @ApiProperty({ description: 'Path of a call, without host and query', example: '/v1/chat/completions' })
  @IsString()
  @MaxLength(2000)
  @Matches(/^\//, { message: 'path must begin with /' })
  path: string;

  @ApiProperty({ required: false, example: 'gpt-4o-mini', description: 'As the client would name it' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(300)
  model?: string;

  @ApiProperty({
    required: false,
    description: 'Id of an access token (or the token itself) whose scope is to hold',
  })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(300)
  token?: string;
}

export class InspectedKey {
  @ApiProperty()
  id: string;

  @ApiProperty({ description: 'Whether a call may get it now, as far as rests and people decide' })
  eligible: boolean;

  @ApiProperty({ type: String, nullable: true, example: 'rate_limited' })
  reason: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  until: string | null;
}

export class InspectedUpstream {
  @ApiProperty()
  upstream: string;

  @ApiProperty()
  eligible: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Why not: disabled, not_named (the path names another), other_protocol, model_not_listed, out_of_scope, breaker_open',
  })
  reason: string | null;

  @ApiProperty({ type: String, nullable: true, description: "The upstream's own name of the model" })
  model: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Id of the key that the next call would get' })
  next: string | null;

  @ApiProperty({ type: 'integer', description: 'Keys in the pool' })
  keyCount: number;

  @ApiProperty({ type: [InspectedKey], description: 'The first hundred, those that may be lent first' })
  keys: InspectedKey[];
}

export class InspectedNext {
  @ApiProperty()
  upstream: string;

  @ApiProperty()
  key: string;
}

export class InspectedTarget {
  @ApiProperty()
  upstream: string;

  @ApiProperty({ description: 'As the route names it' })
  model: string;

  @ApiProperty({ type: 'integer' })
  weight: number;

  @ApiProperty()
  eligible: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why not; unknown_upstream, or as for upstreams',
  })
  reason: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Id of the key that the next call would get' })
  next: string | null;
}

export class InspectedRouteTarget {
  @ApiProperty()
  upstream: string;

  @ApiProperty()
  model: string;
}

export class InspectedRoute {
  @ApiProperty({ description: 'The name that clients ask for' })
  model: string;

  @ApiProperty({ enum: STRATEGIES, enumName: 'Strategy' })
  strategy: Strategy;

  @ApiProperty({ type: [InspectedTarget], description: 'As written' })
  targets: InspectedTarget[];

  @ApiProperty({
    type: InspectedRouteTarget,
    nullable: true,
    description: 'The target that the next call goes to; null where none can answer',
  })
  next: InspectedRouteTarget | null;
}

export class Inspection {
  @ApiProperty({ type: String, nullable: true })
  protocol: string | null;

  @ApiProperty()
  operation: string;

  @ApiProperty({ type: InspectedRoute, nullable: true, description: 'The route that the model names' })
  route: InspectedRoute | null;

  @ApiProperty({ type: [InspectedUpstream], description: 'Those that would be asked first, in that order' })
  upstreams: InspectedUpstream[];

  @ApiProperty({ type: InspectedNext, nullable: true, description: 'Who would answer the next call' })
  next: InspectedNext | null;
}
