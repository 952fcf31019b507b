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
  const { keyId, firstByteMs } = record;
  return (
    `"msg":"call","requestId":"${record.requestId}"${questionOf(record)}${keyId === undefined ? '' : `,"keyId":"${keyId}"`}` +
    `,"status":${record.status},"outcome":"${record.outcome}","streamed":${record.streamed}` +
    `,"attempts":${record.attempts},"waitedMs":${Math.round(record.waitedMs)},"durationMs":${tenths(record.durationMs)}` +
    `${firstByteMs === undefined ? '' : `,"firstByteMs":${tenths(firstByteMs)}`}` +
    `,"inputTokens":${record.inputTokens},"outputTokens":${record.outputTokens},"cachedTokens":${record.cachedTokens}`
  );
}

/** What was asked for, by whom. */
type Question = Pick<CallRecord, 'method' | 'path' | 'operation' | 'upstream' | 'model' | 'tokenId'>;

let last: Question | undefined;
let lastText = '';

/** Written anew only where it is another than the call before asked: most calls of a moment ask for the same. */
function questionOf(record: CallRecord): string {
  if (last && isSame(last, record)) return lastText;
  const { method, path, operation, upstream, model, tokenId } = record;
  last = { method, path, operation, upstream, model, tokenId };
  // Joined, not added up: V8 would put the parts together once more for each line.
  lastText = [
    `,"method":"${method}","path":${JSON.stringify(path)},"operation":"${operation}"`,
    text('upstream', upstream),
    text('model', model?.slice(0, 200)),
    text('tokenId', tokenId),
  ].join('');
  return lastText;
}

function isSame(one: Question, other: Question): boolean {
  return (
    one.tokenId === other.tokenId &&
    one.model === other.model &&
    one.upstream === other.upstream &&
    one.operation === other.operation &&
    one.method === other.method &&
    one.path === other.path
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
