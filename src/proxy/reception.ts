import { Injectable } from '@nestjs/common';
import { Gate } from '../access/gate.js';
import { isPromise, type MaybePromise } from '../kernel/maybe-promise.js';
import { Log } from '../logging/log.js';
import { Settings } from '../settings/settings.js';
import { Prices } from '../stats/prices.js';
import { Recorder } from '../stats/recorder.js';
import type { CallRecord } from '../stats/call-record.js';
import type { Call, Usage } from './call.js';
import { cors } from './cors.js';
import { queryValues } from './wire/query.js';

/** Where a call is let in, and where it is written down when it has ended. */
@Injectable()
export class Reception {
  constructor(
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    private readonly prices: Prices,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  opened(): void {
    this.recorder.began();
  }

  /**
   * Who calls. False where it was only a browser's preflight, which is answered.
   * @throws KeywheelError 401 or 403, see Gate.identify
   */
  identifies(call: Call): boolean {
    if (cors(call, this.settings.values.corsOrigins)) return false;
    call.token = this.gate.identify({
      rawHeaders: call.req.rawHeaders,
      queryKeys: queryValues(call.query, 'key'),
      ip: call.ip,
    });
    return true;
  }

  /**
   * Takes room under the token's own limits, once for each call.
   * @throws KeywheelError (or rejects with it) token_limit
   */
  admit(call: Call, tokens: number): MaybePromise<void> {
    if (call.reservation) return;
    const reserved = this.gate.reserve(call.token!, tokens);
    if (isPromise(reserved)) return reserved.then((late) => void (call.reservation = late));
    call.reservation = reserved;
  }

  /** @throws KeywheelError out_of_scope */
  assertScope(call: Call, slug: string, model?: string): void {
    this.gate.assertScope(call.token!, slug, model);
  }

  allows(call: Call, slug: string, model?: string): boolean {
    return this.gate.allows(call.token!, slug, model);
  }

  /** The last thing that happens to a call. */
  closed(call: Call): void {
    const { error } = call;
    if (error?.level === 'error')
      this.log.error({ err: error.cause ?? error, requestId: call.id }, 'call failed');
    this.settle(call);
    this.recorder.ended();
    this.recorder.call(recordOf(call));
  }

  private settle({ reservation, usage, model }: Call): void {
    if (!reservation) return;
    if (usage) {
      const cost = this.prices.cost(model, usage.input, usage.output);
      this.gate.settle(reservation, { tokens: usage.input + usage.output, cost });
    } else this.gate.settle(reservation, {});
  }
}

const UNKNOWN_USAGE: Usage = Object.freeze({ input: 0, output: 0, cached: 0 });

function recordOf(call: Call): CallRecord {
  const { input, output, cached } = call.usage ?? UNKNOWN_USAGE;
  return {
    requestId: call.id,
    startedAt: call.startedAt,
    method: call.req.method ?? '',
    path: call.path,
    operation: call.operation,
    tokenId: call.token?.id,
    upstream: call.upstream?.slug,
    model: call.model,
    keyId: call.keyId === '' ? undefined : call.keyId,
    status: call.stopped === 'gone' ? 499 : call.res.statusCode,
    outcome: call.outcome,
    streamed: call.streamed,
    attempts: call.attempts,
    goodAttempt: call.goodAttempt,
    durationMs: call.elapsedMs(),
    firstByteMs: call.firstByteMs,
    waitedMs: call.waitedMs,
    inputTokens: input,
    outputTokens: output,
    cachedTokens: cached,
  };
}
