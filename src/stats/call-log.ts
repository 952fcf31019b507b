import { Injectable } from '@nestjs/common';
import { Log } from '../logging/log.js';
import type { CallRecord } from './call-record.js';

/** One line per call. Nothing is built unless the level is on, and no field can hold a secret or a query. */
@Injectable()
export class CallLog {
  constructor(private readonly log: Log) {}

  write(records: readonly CallRecord[]): void {
    if (records.length > 0 && this.log.isLevelEnabled('info')) this.log.bulk(records.map(lineOf));
  }
}

/** Everything but the names of paths and models is known to need no escape. */
function lineOf(record: CallRecord): string {
  const { firstByteMs } = record;
  return (
    `"msg":"call","requestId":"${record.requestId}","method":"${record.method}","path":${JSON.stringify(record.path)}` +
    `,"operation":"${record.operation}"${text('upstream', record.upstream)}${text('model', record.model?.slice(0, 200))}` +
    `${text('keyId', record.keyId)}${text('tokenId', record.tokenId)},"status":${record.status}` +
    `,"outcome":"${record.outcome}","streamed":${record.streamed},"attempts":${record.attempts}` +
    `,"waitedMs":${Math.round(record.waitedMs)},"durationMs":${tenths(record.durationMs)}` +
    `${firstByteMs === undefined ? '' : `,"firstByteMs":${tenths(firstByteMs)}`}` +
    `,"inputTokens":${record.inputTokens},"outputTokens":${record.outputTokens},"cachedTokens":${record.cachedTokens}`
  );
}

function text(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}

/** Milliseconds with one decimal. Put together from whole numbers: a fraction takes V8 three times as long. */
function tenths(ms: number): string {
  const count = Math.round(ms * 10);
  return `${Math.floor(count / 10)}.${count % 10}`;
}
