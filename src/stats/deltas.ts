import type { Cell, Measured } from './cell.js';

/** Parts of the keys, each of which is merged by itself: short transactions, however many keys there are. */
export const PARTS = 8;
/** MySQL's text holds 64 KiB. */
const FULL = 48 * 1024;
/** Letters of a group above which it is put down in two. */
const LONG = FULL / 4;
/** So many that are in words take the memory of one cell. */
const PER_CELL = 5;

/** What one key has counted: its numbers, and its texts. */
export type FullDelta = readonly [
  keyId: string,
  calls: number,
  failures: number,
  attempts: number,
  waitedMs: number,
  inputTokens: number,
  outputTokens: number,
  cachedTokens: number,
  cost: number,
  latency: string,
  firstByte: string,
  outcomes: string,
];

/**
 * One call that went well, with the attempt that did: what nearly all is that is counted where keys are many. The
 * latency and the time to the first byte are told by their buckets (-1: no byte left); the last three numbers are left
 * out where all of them are 0.
 */
export type OneCall = readonly [
  keyId: string,
  latency: number,
  firstByte: number,
  inputTokens: number,
  outputTokens: number,
  cachedTokens?: number,
  cost?: number,
  waitedMs?: number,
];

export type Delta = FullDelta | OneCall;

/** Deltas of one upstream and slice. */
export type DeltaGroup = [span: number, start: number, upstream: string, ...deltas: Delta[]];

/** When a key's deltas were counted: seconds, and epoch milliseconds. */
export interface DeltaSlice {
  readonly span: number;
  readonly start: number;
}

/** Calls of one upstream and slice that are in words and not yet in a page, by part. */
interface Loose {
  readonly slice: DeltaSlice;
  readonly words: string[];
}

/**
 * What many keys have counted, as texts: each an array of groups in JSON. Where keys are many nearly every call has a
 * cell of its own; a text costs a fraction of the memory, of the garbage collector's work and of the database's.
 */
export class Deltas {
  /** How many cells are in it. */
  count = 0;
  readonly #parts: Page[][] = Array.from({ length: PARTS }, () => []);
  readonly #loose = new Map<string, Loose>();

  /** Its memory, in cells. */
  get weight(): number {
    return this.count / PER_CELL;
  }

  /** Adds a good call of one attempt. @param keyId nothing in it that JSON escapes: ids are base64url */
  addCall(slice: DeltaSlice, upstream: string, keyId: string, waitedMs: number, measured: Measured): void {
    const { latency, firstByte, inputTokens, outputTokens, cachedTokens, cost } = measured;
    const rest =
      cachedTokens === 0 && cost === 0 && waitedMs === 0
        ? ''
        : `,${cachedTokens},${cost},${Math.round(waitedMs)}`;
    const word = `,["${keyId}",${latency},${firstByte},${inputTokens},${outputTokens}${rest}]`;
    const loose = this.#looseFor(slice, upstream);
    const part = partOf(keyId);
    loose[part]! += word;
    this.count += 1;
    if (loose[part]!.length > LONG) this.settle();
  }

  /** Carries the calls that were added since into pages: once for many, and before they are read. */
  settle(): void {
    for (const [upstream, { slice, words }] of this.#loose) {
      const head = `[${slice.span},${slice.start},${JSON.stringify(upstream)}`;
      for (const [part, some] of words.entries()) if (some !== '') put(`${head}${some}]`, this.#parts[part]!);
    }
    this.#loose.clear();
  }

  add(cells: readonly Cell[]): void {
    const groups: DeltaGroup[][] = Array.from({ length: PARTS }, () => []);
    for (const cell of cells) groupFor(cell, groups[partOf(cell.keyId)]!).push(deltaOf(cell));
    for (const [part, some] of groups.entries())
      for (const group of some) putGroup(group, this.#parts[part]!);
    this.count += cells.length;
  }

  #looseFor(slice: DeltaSlice, upstream: string): string[] {
    let loose = this.#loose.get(upstream);
    if (loose?.slice !== slice) {
      if (loose) this.settle();
      loose = { slice, words: Array<string>(PARTS).fill('') };
      this.#loose.set(upstream, loose);
    }
    return loose.words;
  }

  addAll(other: Deltas): void {
    other.settle();
    for (const [part, pages] of other.#parts.entries()) {
      const own = this.#parts[part]!;
      for (const page of pages) if (!own.at(-1)?.put(page.text)) own.push(page);
    }
    this.count += other.count;
  }

  /** Texts of a part, each of at most 48 KiB. */
  texts(part: number): string[] {
    this.settle();
    return this.#parts[part]!.map((page) => `[${page.text}]`);
  }
}

/** Groups beside each other. In bytes, which the garbage collector need not carry from place to place. */
class Page {
  private readonly bytes = Buffer.allocUnsafe(FULL);
  private length = 0;

  /** False where there is no room. */
  put(groups: string): boolean {
    const text = this.length === 0 ? groups : `,${groups}`;
    if (this.length + Buffer.byteLength(text) > FULL) return false;
    this.length += this.bytes.write(text, this.length);
    return true;
  }

  get text(): string {
    return this.bytes.toString('utf8', 0, this.length);
  }
}

function putGroup(group: DeltaGroup, pages: Page[]): void {
  const text = JSON.stringify(group);
  const [span, start, upstream, ...deltas] = group;
  if (text.length > LONG && deltas.length > 1) {
    const half = deltas.length >> 1;
    for (const some of [deltas.slice(0, half), deltas.slice(half)])
      putGroup([span, start, upstream, ...some], pages);
  } else put(text, pages);
}

function put(group: string, pages: Page[]): void {
  if (pages.at(-1)?.put(group)) return;
  const page = new Page();
  page.put(group);
  pages.push(page);
}

function groupFor({ span, start, upstream }: Cell, groups: DeltaGroup[]): DeltaGroup {
  const last = groups.at(-1);
  if (last && last[0] === span && last[1] === start && last[2] === upstream) return last;
  const group: DeltaGroup = [span, start, upstream];
  groups.push(group);
  return group;
}

function deltaOf(cell: Cell): FullDelta {
  const { keyId, calls, failures, attempts, inputTokens, outputTokens, cachedTokens, cost } = cell;
  const [latency, firstByte] = [cell.latency.encode(), cell.firstByte.encode()];
  const waitedMs = Math.round(cell.waitedMs);
  return [
    ...([keyId, calls, failures, attempts, waitedMs] as const),
    ...([inputTokens, outputTokens, cachedTokens, cost, latency, firstByte, cell.tallies.encode()] as const),
  ];
}

/** By the last letter but one: that of an id is as good as random, while the last one tells two bits. */
function partOf(keyId: string): number {
  return (keyId.charCodeAt(keyId.length - 2) || 0) % PARTS;
}
