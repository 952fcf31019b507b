import { Injectable } from '@nestjs/common';
import { Log } from '../logging/log.js';
import type { CallRecord } from './call-record.js';

/** One line per call. Nothing is built unless the level is on, and no field can hold a secret or a query. */
@Injectable()
export class CallLog {
  constructor(private readonly log: Log) {}

  write(record: CallRecord): void {
    if (!this.log.isLevelEnabled('info')) return;
    this.log.line({
      msg: 'call',
      requestId: record.requestId,
      method: record.method,
      path: record.path,
      operation: record.operation,
      upstream: record.upstream,
      model: record.model?.slice(0, 200),
      keyId: record.keyId,
      tokenId: record.tokenId,
      status: record.status,
      outcome: record.outcome,
      streamed: record.streamed,
      attempts: record.attempts,
      waitedMs: Math.round(record.waitedMs),
      durationMs: Math.round(record.durationMs * 10) / 10,
      firstByteMs: record.firstByteMs === undefined ? undefined : Math.round(record.firstByteMs * 10) / 10,
      inputTokens: record.inputTokens,
      outputTokens: record.outputTokens,
      cachedTokens: record.cachedTokens,
    });
  }
}
