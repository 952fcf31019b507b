import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from './behaviour.ts';
import type { RecordedCall } from './call-log.ts';
import type { Failure } from './envelopes.ts';
import type { Answer } from './exchange.ts';
import { writable } from './writable.ts';

/** Writes answers to the wire, whole or broken as the script says. */
export class Player {
  private readonly response: ServerResponse;
  private readonly call: RecordedCall;

  constructor(response: ServerResponse, call: RecordedCall) {
    this.response = response;
    this.call = call;
  }

  fail({ status, body, headers }: Failure): void {
    this.whole(status, 'application/json', Buffer.from(JSON.stringify(body)), headers);
  }

  async play(answer: Answer, behaviour: Behaviour, errorFrame: string): Promise<void> {
    if (answer.kind === 'stream') {
      await this.stream(answer.frames, answer.type, behaviour, errorFrame);
      return;
    }
    const bytes = answer.kind === 'json' ? Buffer.from(JSON.stringify(answer.value)) : answer.bytes;
    const type = answer.kind === 'json' ? 'application/json' : answer.type;
    if (behaviour.kind === 'slow') await sleep(behaviour.delayMs ?? 20);
    if (['reset_in_stream', 'early_end', 'silence_in_stream', 'error_in_stream'].includes(behaviour.kind)) {
      this.head(answer.status, type, answer.headers);
      await this.write(bytes.subarray(0, Math.floor(bytes.length / 2)));
      this.breakOff(behaviour.kind === 'early_end' ? 'reset_in_stream' : behaviour.kind);
      return;
    }
    this.whole(answer.status, type, bytes, answer.headers);
  }

  /** Drops the connection with a reset, as a crashed server does. */
  reset(): void {
    this.call.finishedAt = Date.now();
    this.response.socket?.resetAndDestroy();
  }

  private async stream(
    frames: readonly string[],
    type: string,
    behaviour: Behaviour,
    errorFrame: string,
  ): Promise<void> {
    const { kind, after = kind === 'error_in_stream' ? 0 : 2, delayMs = 30 } = behaviour;
    const breaks = kind.endsWith('_in_stream') || kind === 'early_end';
    const shown = breaks ? frames.slice(0, Math.min(after, frames.length - 1)) : frames;
    this.head(200, type, { 'cache-control': 'no-cache' });
    for (const frame of shown) {
      if (this.call.abortedAt !== undefined) return;
      await this.write(Buffer.from(frame));
      if (kind === 'slow') await sleep(delayMs);
    }
    // What came before a break has to be under way: a reset throws away what is queued.
    if (breaks && shown.length > 0) await sleep(delayMs);
    if (kind === 'error_in_stream') await this.write(Buffer.from(errorFrame));
    this.breakOff(kind);
  }

  private breakOff(kind: Behaviour['kind']): void {
    if (kind === 'silence_in_stream') return;
    if (kind === 'reset_in_stream') {
      this.reset();
      return;
    }
    this.call.finishedAt = Date.now();
    this.response.end();
  }

  private head(status: number, type: string, headers: Readonly<Record<string, string>> = {}): void {
    this.call.status = status;
    this.response.writeHead(status, { 'content-type': type, ...headers });
    this.response.flushHeaders();
  }

  private async write(bytes: Buffer): Promise<void> {
    if (this.response.destroyed) return;
    this.call.written += 1;
    const flushed = this.response.write(bytes);
    if (!flushed) await writable(this.response);
  }

  private whole(
    status: number,
    type: string,
    bytes: Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    this.call.status = status;
    this.call.finishedAt = Date.now();
    this.response.writeHead(status, { 'content-type': type, 'content-length': bytes.length, ...headers });
    this.response.end(bytes);
  }
}
