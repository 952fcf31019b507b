import type { Usage } from '../../../proxy/call.js';
import type { Fields } from '../../conversation/dialect.js';
import type { TokenCounts } from '../../conversation/reply.js';
import { count, lastObject, objectAt } from '../json-part.js';

/**
 * Anthropic counts what was read from and written to the prompt cache beside `input_tokens`, not in it.
 * https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching
 */
export function usageOf(usage: Record<string, unknown>): Partial<Usage> {
  const told: { -readonly [field in keyof Usage]?: number } = {};
  if (usage.input_tokens !== undefined && usage.input_tokens !== null) {
    told.cached = count(usage.cache_read_input_tokens);
    told.input = count(usage.input_tokens) + told.cached + count(usage.cache_creation_input_tokens);
  }
  if (usage.output_tokens !== undefined) told.output = count(usage.output_tokens);
  return told;
}

export function readUsage(text: string): Usage | undefined {
  const usage = lastObject(text, '"usage"');
  return usage && { input: 0, output: 0, cached: 0, ...usageOf(usage) };
}

/**
 * The counts in the conversation's meaning. In a stream, the fields of `message_start` and `message_delta` have to be
 * laid over each other first: the later ones are totals too, but leave out what has not changed.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export function readCounts(usage: Fields): Partial<TokenCounts> {
  const told: { -readonly [field in keyof TokenCounts]?: number } = {};
  const { cache_read_input_tokens: read, cache_creation_input_tokens: written } = usage;
  if (isTold(read)) told.cached = count(read);
  if (isTold(written)) told.cacheWritten = count(written);
  const long = objectAt(usage, 'cache_creation').ephemeral_1h_input_tokens;
  if (isTold(long)) told.cacheWrittenLong = count(long);
  if (isTold(usage.input_tokens)) {
    told.input = count(usage.input_tokens) + (told.cached ?? 0) + (told.cacheWritten ?? 0);
  }
  if (isTold(usage.output_tokens)) told.output = count(usage.output_tokens);
  const thinking = objectAt(usage, 'output_tokens_details').thinking_tokens;
  if (isTold(thinking)) told.reasoning = count(thinking);
  const searches = objectAt(usage, 'server_tool_use').web_search_requests;
  if (isTold(searches)) told.searches = count(searches);
  return told;
}

function isTold(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Anthropic's `usage`; what was not told counts as none. */
export function writeCounts(counts: Partial<TokenCounts> | undefined): Fields {
  const { input = 0, output = 0, cached = 0, cacheWritten = 0, cacheWrittenLong = 0 } = counts ?? {};
  const { reasoning, searches } = counts ?? {};
  return {
    input_tokens: Math.max(0, input - cached - cacheWritten),
    cache_creation_input_tokens: cacheWritten,
    cache_read_input_tokens: cached,
    ...(cacheWritten > 0 && {
      cache_creation: {
        ephemeral_5m_input_tokens: Math.max(0, cacheWritten - cacheWrittenLong),
        ephemeral_1h_input_tokens: cacheWrittenLong,
      },
    }),
    output_tokens: output,
    ...(reasoning !== undefined && { output_tokens_details: { thinking_tokens: reasoning } }),
    ...(searches !== undefined && {
      server_tool_use: { web_search_requests: searches, web_fetch_requests: 0 },
    }),
  };
}
