import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';

/** A point in time as the admin API writes it: RFC 3339 in UTC. */
export function isoTime(epochMs: number): string;
export function isoTime(epochMs: number | null | undefined): string | null;
export function isoTime(epochMs: number | null | undefined): string | null {
  return epochMs === null || epochMs === undefined ? null : new Date(epochMs).toISOString();
}

/** Documents a property that `isoTime` filled. */
export function ApiTime(description: string, { nullable = false } = {}) {
  return applyDecorators(ApiProperty({ type: String, format: 'date-time', description, nullable }));
}
