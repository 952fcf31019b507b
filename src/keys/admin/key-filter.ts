import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import type { SelectQueryBuilder } from 'typeorm';
import { PageQuery } from '../../admin/paging.js';
import { LONGEST_KEY } from '../import/key-text.js';
import type { KeyRow } from '../rows/key-row.js';
import { KEY_STATUSES, type KeyStatus } from '../live/live-status.js';

export interface KeyFilter {
  readonly status?: KeyStatus;
  readonly search?: string;
  readonly tag?: string;
}

export class KeyPageQuery extends PageQuery implements KeyFilter {
  @ApiPropertyOptional({ enum: KEY_STATUSES, enumName: 'KeyStatus' })
  @IsOptional()
  @IsIn(KEY_STATUSES)
  status?: KeyStatus;

  @ApiPropertyOptional({
    description: 'Part of the label, the masked key, the id or a tag, or the whole key',
  })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_KEY)
  search?: string;

  @ApiPropertyOptional({ description: 'One tag, exactly' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  tag?: string;
}

/**
 * Narrows a query (alias `k`) by what the rows know: search and tag. The status is the pool's to tell. A whole
 * key is found by its fingerprint, so that the database is never asked for a secret.
 */
export function narrow(
  query: SelectQueryBuilder<KeyRow>,
  filter: KeyFilter,
  fingerprint: (key: string) => string,
): SelectQueryBuilder<KeyRow> {
  const search = filter.search?.trim();
  if (search) {
    query.andWhere(
      `(LOWER(k.label) LIKE :search ESCAPE '!' OR LOWER(k.masked) LIKE :search ESCAPE '!'
        OR LOWER(k.id) LIKE :search ESCAPE '!' OR LOWER(k.tags) LIKE :search ESCAPE '!'
        OR k.fingerprint = :fingerprint)`,
      { search: `%${escaped(search.toLowerCase())}%`, fingerprint: fingerprint(search) },
    );
  }
  if (filter.tag) {
    query.andWhere("k.tags LIKE :tag ESCAPE '!'", { tag: `%${escaped(JSON.stringify(filter.tag))}%` });
  }
  return query;
}

const escaped = (text: string) => text.replace(/[!%_]/g, '!$&');
