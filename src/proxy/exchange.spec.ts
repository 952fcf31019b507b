import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Dispatcher } from 'undici';
import { Secret } from '../kernel/secret.js';
import { OK } from '../kernel/verdict.js';
import { answerHeaders } from './answer-headers.js';
import type { Call } from './call.js';
import { Exchange, type Sink } from './exchange.js';
import { TimeOut } from './judge-failure.js';
import { Deadlines } from './deadlines.js';
import type { ReplyRules, ReplyWatch } from './plan.js';

// The clock of these tests is the global one, which vitest turns.
vi.mock('node:perf_hooks', () => ({ performance: { now: () => performance.now() } }));

const LIMITS = { firstByteMs: 1000, idleMs: 500 };
const BIG = Buffer.alloc(40 * 1024, 'x');

function wire() {
  const state = { paused: false, aborted: undefined as Error | undefined };
  const controller = {
    abort: (reason: Error) => (state.aborted = reason),
    pause: () => (state.paused = true),
    resume: () => (state.paused = false),
  } as unknown as Dispatcher.DispatchController;
  return { state, controller };
}

function open(hold: ReturnType<ReplyRules['hold']>, watch?: ReplyWatch, secret?: Secret) {
  const rules: ReplyRules = { judge: () => OK, hold: () => hold, watch: () => watch, breakEvent: () => '' };
  const exchange = new Exchange(rules, LIMITS, new Deadlines(), secret);
  const { state, controller } = wire();
  let opened = false;
  void exchange.opened.then(() => (opened = true));
  exchange.onRequestStart(controller);
  const isOpen = async () => {
    await vi.advanceTimersByTimeAsync(0);
    await nextTurn();
    return opened;
  };
  const start = (status: number, headers: object) => exchange.onResponseStart(controller, status, headers);
  const data = (chunk: Buffer | string) => exchange.onResponseData(controller, Buffer.from(chunk));
  return { exchange, state, isOpen, start, data };
}

class Collector implements Sink {
  text = '';
  ending = '';
  full = false;

  data(chunk: Buffer): boolean {
    this.text += chunk.toString();
    return !this.full;
  }

  end(): void {
    this.ending = 'end';
  }

  fail(error: Error): void {
    this.ending = error.message;
  }
}

describe('Exchange', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('opens at the head where nothing is to be held', async () => {
    const { exchange, isOpen, start, data } = open('nothing');
    expect(await isOpen()).toBe(false);
    start(200, {});
    expect(await isOpen()).toBe(true);
    data('a');
    exchange.onResponseEnd();
    expect(exchange.ended).toBe(true);
    expect(Buffer.concat(exchange.held).toString()).toBe('a');
  });

  it('holds an answer whole until its end, but no more than 64 KiB of it', async () => {
    const small = open('whole');
    small.start(200, {});
    small.data('a');
    expect(await small.isOpen()).toBe(false);
    small.exchange.onResponseEnd();
    expect(await small.isOpen()).toBe(true);
    const large = open('whole');
    large.start(200, {});
    large.data(BIG);
    expect(await large.isOpen()).toBe(false);
    large.data(BIG);
    expect(await large.isOpen()).toBe(true);
    expect(large.state.paused).toBe(true);
  });

  it('holds errors whole whatever the rules say', async () => {
    const { exchange, isOpen, start, data } = open('nothing');
    start(429, {});
    data('{"error":{}}');
    expect(await isOpen()).toBe(false);
    exchange.onResponseEnd();
    expect(await isOpen()).toBe(true);
  });

  it('holds a stream until its watch has seen the first real event', async () => {
    const watch = {
      begun: false,
      complete: false,
      failure: undefined,
      usage: undefined,
      pass: (chunk: Buffer) => chunk,
    };
    const { isOpen, start, data } = open('event', watch);
    start(200, {});
    data(': ping\n\n');
    expect(await isOpen()).toBe(false);
    watch.begun = true;
    data('data: x\n\n');
    expect(await isOpen()).toBe(true);
  });

  it('passes on with back-pressure, and hides the key across chunks', () => {
    const { exchange, state, start, data } = open('nothing', undefined, new Secret('sk-secret-1234'));
    const sink = new Collector();
    start(200, {});
    exchange.flow(sink);
    data('before sk-sec');
    sink.full = true;
    data('ret-1234 after');
    expect(state.paused).toBe(true);
    sink.full = false;
    exchange.resume();
    expect(state.paused).toBe(false);
    exchange.onResponseEnd();
    expect(sink).toMatchObject({ text: `before ${'*'.repeat(14)} after`, ending: 'end' });
  });

  it('times out on silence before the first byte and between pieces, but not while the client is slow', async () => {
    const silent = open('nothing');
    await vi.advanceTimersByTimeAsync(LIMITS.firstByteMs + 1);
    expect(silent.exchange.failure).toBeInstanceOf(TimeOut);
    expect(silent.state.aborted).toBeInstanceOf(TimeOut);
    const flowing = open('nothing');
    const sink = new Collector();
    flowing.start(200, {});
    flowing.exchange.flow(sink);
    sink.full = true;
    flowing.data('a');
    await vi.advanceTimersByTimeAsync(LIMITS.idleMs * 3);
    expect(sink.ending).toBe('');
    flowing.exchange.resume();
    await vi.advanceTimersByTimeAsync(LIMITS.idleMs + 1);
    expect(sink.ending).toBe('time-out: idle');
  });

  it('reads what has come before it says that the time is over', async () => {
    const { exchange, start, data } = open('whole');
    start(200, {});
    setTimeout(() => data('{'), LIMITS.firstByteMs);
    await vi.advanceTimersByTimeAsync(LIMITS.firstByteMs + 1);
    expect(exchange.failure).toBeUndefined();
    await vi.advanceTimersByTimeAsync(LIMITS.firstByteMs + 1);
    expect(exchange.failure).toBeInstanceOf(TimeOut);
  });

  it('reads repeated headers as HTTP joins them, and passes them on repeated', () => {
    const { exchange, start } = open('nothing');
    start(200, { 'retry-after': ['3', '4'], 'content-type': ['text/event-stream', 'x'], link: ['a', 'b'] });
    expect(exchange.header('retry-after')).toBe('3, 4');
    expect(exchange.headers()['content-type']).toBe('text/event-stream, x');
    const call = { id: 'req_1', attempts: 1 } as Call;
    expect(answerHeaders(call, exchange)).toEqual(expect.arrayContaining(['link', 'a', 'link', 'b']));
    exchange.stop();
  });

  it('that is stopped before undici has begun is aborted when it does', () => {
    const rules: ReplyRules = {
      judge: () => OK,
      hold: () => 'nothing',
      watch: () => undefined,
      breakEvent: () => '',
    };
    const exchange = new Exchange(rules, LIMITS, new Deadlines(), undefined);
    exchange.stop();
    const { state, controller } = wire();
    exchange.onRequestStart(controller);
    expect(state.aborted?.message).toBe('call stopped');
  });

  it('waits for what a watch writes at last', async () => {
    let finish!: (last: Buffer) => void;
    const watch = {
      begun: false,
      failure: undefined,
      complete: true,
      usage: undefined,
      pass: () => Buffer.alloc(0),
      flush: () => new Promise<Buffer>((resolve) => (finish = resolve)),
    };
    const { exchange, start, data, isOpen } = open('whole', watch);
    start(200, {});
    data('one');
    exchange.onResponseEnd();
    expect(await isOpen()).toBe(false);
    finish(Buffer.from('another'));
    expect(await isOpen()).toBe(true);
    expect([exchange.ended, Buffer.concat(exchange.held).toString()]).toEqual([true, 'another']);
  });
});
