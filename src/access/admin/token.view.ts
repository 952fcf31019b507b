import { ApiProperty } from '@nestjs/swagger';
import { ApiTime, isoTime } from '../../admin/times.js';
import { type Role, ROLES } from '../access-token.js';
import type { TokenRow } from '../token-row.js';
import { LimitsBody, ScopesBody } from './token.dto.js';

export class TokenUsageView {
  @ApiProperty({ description: 'US dollars since the token was made, by the prices known to Keywheel' })
  spent: number;

  @ApiProperty({ type: 'integer', description: 'Calls since midnight UTC; counted where `rpd` is set' })
  callsToday: number;
}

export class TokenView {
  @ApiProperty()
  id: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ enum: ROLES, enumName: 'Role' })
  role: Role;

  @ApiProperty({ description: 'What may be shown of the secret', example: 'kw_…x7Qa' })
  hint: string;

  @ApiProperty({ type: ScopesBody })
  scopes: ScopesBody;

  @ApiProperty({ type: LimitsBody })
  limits: LimitsBody;

  @ApiProperty({ type: TokenUsageView })
  usage: TokenUsageView;

  @ApiTime('Null means never', { nullable: true })
  expiresAt: string | null;

  @ApiProperty({ type: [String], nullable: true, description: 'Null means anywhere' })
  allowedIps: string[] | null;

  @ApiTime('When it was made')
  createdAt: string;

  @ApiTime('To the minute; null means never', { nullable: true })
  lastUsedAt: string | null;
}

export class TokenWithSecret extends TokenView {
  @ApiProperty({ description: 'Shown this once; Keywheel keeps only a digest', example: 'kw_…' })
  secret: string;
}

/** @param today `YYYY-MM-DD` in UTC */
export function viewOf(row: TokenRow, today: string): TokenView {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    hint: row.hint,
    scopes: row.scopes as ScopesBody,
    limits: row.limits,
    usage: { spent: row.spent, callsToday: row.dayCount?.day === today ? row.dayCount.count : 0 },
    expiresAt: isoTime(row.expiresAt),
    allowedIps: row.allowedIps && [...row.allowedIps],
    createdAt: isoTime(row.createdAt),
    lastUsedAt: isoTime(row.lastUsedAt),
  };
}
