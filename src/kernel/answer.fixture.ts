import fc from 'fast-check';
import type { Answer } from './verdict.js';

/** An answer as it was recorded or is documented; `source` is where it can be read. */
export interface RecordedAnswer {
  readonly source: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** JSON, or the text as it came. */
  readonly body: unknown;
}

/** Saturday, 21 November 2026, 22:00:00 UTC: 14:00 in Los Angeles. */
export const NOW = Date.UTC(2026, 10, 21, 22);

export function asAnswer({ status, headers, body }: RecordedAnswer): Answer {
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body), now: NOW };
}

/** Any answer at all, most of them shaped a little like errors. */
export const anyAnswer: fc.Arbitrary<Answer> = fc.record({
  status: fc.integer({ min: 100, max: 599 }),
  headers: fc.dictionary(
    fc.constantFrom('retry-after', 'retry-after-ms', 'x-ratelimit-reset-requests', 'x-ratelimit-reset'),
    fc.oneof(fc.string(), fc.integer().map(String)),
  ),
  body: fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .letrec((tie) => ({
        node: fc.oneof(
          { maxDepth: 5 },
          fc.anything({ withNullPrototype: true }),
          fc.array(tie('node')),
          fc.dictionary(
            fc.constantFrom(
              'error',
              'details',
              'message',
              'code',
              'type',
              'reason',
              'violations',
              'quotaId',
              'metadata',
            ),
            tie('node'),
          ),
        ),
      }))
      .node.map((value) => stringify(value)),
  ),
  now: fc.constant(NOW),
});

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '{';
  }
}
