import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { CacheMark } from '../../conversation/parts.js';

const HOUR = 3600;
const FIVE_MINUTES = 300;

/** `cache_control: {type: "ephemeral", ttl}`; https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
export function readCacheMark(fields: Fields): { readonly cache?: CacheMark } {
  const mark = fields.cache_control;
  if (!isFields(mark)) return {};
  if (mark.ttl === '1h') return { cache: { ttl: HOUR } };
  return { cache: mark.ttl === '5m' ? { ttl: FIVE_MINUTES } : {} };
}

/** Anthropic keeps for five minutes or an hour: what comes nearest from above. */
export function writeCacheMark(cache: CacheMark | undefined): { readonly cache_control?: Fields } {
  if (!cache) return {};
  if (cache.ttl === undefined) return { cache_control: { type: 'ephemeral' } };
  return { cache_control: { type: 'ephemeral', ttl: cache.ttl <= FIVE_MINUTES ? '5m' : '1h' } };
}
