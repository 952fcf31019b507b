import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { BoundedNames, machineWord, storable } from './bounded-names.js';
import { CallLog } from './call-log.js';
import type { AttemptRecord, CallRecord } from './call-record.js';
import { UpstreamTotals } from './call-totals.js';
import { ATTEMPT, GOOD_ATTEMPT, type Measured } from './cell.js';
import { CellBuffer } from './cell-buffer.js';
import { bucketOf } from './histogram.js';
import { Prices } from './prices.js';

const HOUR = 3_600_000;
const MOST_UPSTREAMS = 1000;
const MOST_WORDS = 64;
/** Distinct models of one upstream in an hour; clients may name endless ones. */
export const MOST_MODELS = 200;

/** Records that are counted together, and milliseconds after which they are even if they are fewer. */
const TOGETHER = 64;
const LATEST_MS = 20;

/**
 * Counts calls and attempts in memory: never waits, never throws. On the way of a call a record is only put down;
 * records are counted and logged together, which costs a fraction of doing it one by one between other work.
 * What it holds is taken by the flusher (`buffer`) and read by the metrics (`totals`).
 */
@Injectable()
export class Recorder {
  /** Calls that have begun and not ended. */
  inFlight = 0;
  /** Records that could not be counted; stays 0. */
  lost = 0;

  readonly #buffer = new CellBuffer();
  readonly #totals = new Map<string, UpstreamTotals>();
  #waitingCalls: CallRecord[] = [];
  #waitingAttempts: AttemptRecord[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #upstreams = new BoundedNames(MOST_UPSTREAMS, storable(64));
  readonly #models = new Map<string, BoundedNames>();
  readonly #outcomes = new BoundedNames(MOST_WORDS, machineWord);
  readonly #attempts = new BoundedNames(MOST_WORDS, (raw) => ATTEMPT + machineWord(raw));
  readonly #measured: Measured = {
    failed: false,
    cost: 0,
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    latency: 0,
    firstByte: -1,
    outcome: '',
  };
  #hour = 0;

  constructor(
    private readonly clock: Clock,
    private readonly prices: Prices,
    private readonly log: CallLog,
  ) {}

  began(): void {
    this.inFlight += 1;
  }

  ended(): void {
    this.inFlight -= 1;
  }

  call(record: CallRecord): void {
    this.#waitingCalls.push(record);
    if (this.#waitingCalls.length >= TOGETHER) this.#catchUp();
    else this.#timer ??= setTimeout(() => this.#catchUp(), LATEST_MS).unref();
  }

  attempt(record: AttemptRecord): void {
    this.#waitingAttempts.push(record);
    this.#timer ??= setTimeout(() => this.#catchUp(), LATEST_MS).unref();
  }

  /** Everything recorded so far is in it. */
  get buffer(): CellBuffer {
    this.#catchUp();
    return this.#buffer;
  }

  /** By upstream; the empty string for calls that found none. Everything recorded so far is in them. */
  get totals(): ReadonlyMap<string, UpstreamTotals> {
    this.#catchUp();
    return this.#totals;
  }

  #catchUp(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [attempts, calls] = [this.#waitingAttempts, this.#waitingCalls];
    if (attempts.length > 0) this.#waitingAttempts = [];
    if (calls.length > 0) this.#waitingCalls = [];
    const now = this.clock.now();
    for (const record of attempts) this.#attempt(record, now);
    const counted = calls.filter((record) => this.#call(record, now));
    this.#buffer.putIntoWords();
    try {
      this.log.write(counted);
    } catch {
      this.lost += 1;
    }
  }

  #attempt(record: AttemptRecord, now: number): void {
    try {
      this.#countAttempt(record, now);
    } catch {
      this.lost += 1;
    }
  }

  /** Whether it could be counted. */
  #call(record: CallRecord, now: number): boolean {
    try {
      this.#countCall(record, now);
      return true;
    } catch {
      this.lost += 1;
      return false;
    }
  }

  #countAttempt(record: AttemptRecord, now: number): void {
    const upstream = this.#upstreams.of(record.upstream);
    const word = this.#attempts.of(record.reason);
    if (record.keyId) this.#buffer.keyCell(upstream, record.keyId, now).attempt(word);
    this.#totalsOf(upstream).attempts.count(word);
  }

  #countCall(record: CallRecord, now: number): void {
    const upstream = this.#upstreams.of(record.upstream ?? '');
    const model = this.#model(upstream, record.model, now);
    const measured = this.#measured;
    measured.outcome = this.#outcomes.of(record.outcome);
    measured.failed = isFailure(record);
    measured.inputTokens = plausible(record.inputTokens);
    measured.outputTokens = plausible(record.outputTokens);
    measured.cachedTokens = plausible(record.cachedTokens);
    measured.cost = this.prices.cost(record.model, measured.inputTokens, measured.outputTokens);
    measured.latency = bucketOf(record.durationMs);
    measured.firstByte = record.firstByteMs === undefined ? -1 : bucketOf(record.firstByteMs);

    const cell = this.#buffer.callCell(upstream, model, record.tokenId ?? '', now);
    cell.call(record, measured);
    cell.way(record);
    if (record.keyId) this.#buffer.keyCall(upstream, record.keyId, record, measured, now);
    const totals = this.#totalsOf(upstream);
    totals.call(record, measured);
    if (record.goodAttempt) totals.attempts.count(GOOD_ATTEMPT);
  }

  #model(upstream: string, model: string | undefined, now: number): string {
    if (model === undefined || model === '') return '';
    if (now - this.#hour >= HOUR || now < this.#hour) {
      this.#hour = now;
      this.#models.clear();
    }
    let models = this.#models.get(upstream);
    if (!models) this.#models.set(upstream, (models = new BoundedNames(MOST_MODELS, storable(200))));
    return models.of(model);
  }

  #totalsOf(upstream: string): UpstreamTotals {
    let totals = this.#totals.get(upstream);
    if (!totals) this.#totals.set(upstream, (totals = new UpstreamTotals()));
    return totals;
  }
}

/** Token counts are what upstreams say: a fraction or a nonsense number must not reach the database. */
function plausible(tokens: number): number {
  return tokens > 0 && tokens < 1e9 ? Math.round(tokens) : 0;
}

/**
 * Whether a call counts against the success rate: whatever went wrong and was not the caller's own doing
 * (another 4xx, its token's limit, a client that left).
 */
export function isFailure(record: Pick<CallRecord, 'status' | 'outcome'>): boolean {
  if (record.outcome === 'ok') return false;
  if (record.status === 429) return record.outcome !== 'token_limit';
  return record.status < 400 || record.status >= 500;
}
