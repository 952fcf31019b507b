import type { Usage } from '../../../proxy/call.js';
import type { TokenCounts } from '../../conversation/reply.js';

/** The counts that statistics keep; those of `before` stand where nothing newer is told. */
export function usageOf(counts: Partial<TokenCounts>, before?: Usage): Usage {
  return {
    input: counts.input ?? before?.input ?? 0,
    output: counts.output ?? before?.output ?? 0,
    cached: counts.cached ?? before?.cached ?? 0,
  };
}
