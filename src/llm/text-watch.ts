import type { Verdict } from '../kernel/verdict.js';
import type { Usage } from '../proxy/call.js';
import type { ReplyWatch } from '../proxy/plan.js';
import type { Letters } from '../proxy/wire/letters.js';
import type { Adapter } from './adapters/adapter.js';

/** Counts stand near the end of an answer, so this much of it is enough. */
export const TAIL_BYTES = 64 * 1024;

/** Nearly every answer has its counts, and the reason why it ended, in as many bytes from its end. */
const END_BYTES = 1024;

/** Watches an answer in JSON pass by, for the counts in it. Its end is told by HTTP itself. */
export class TextWatch implements ReplyWatch {
  readonly begun = true;
  readonly complete: boolean = true;
  readonly failure: Verdict | undefined = undefined;
  private chunks: Buffer[] = [];
  private bytes = 0;
  private text: string | undefined;
  private letters: Letters | undefined;

  constructor(protected readonly adapter: Adapter) {}

  pass(chunk: Buffer, letters: Letters): Buffer {
    this.letters = letters;
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    this.text = undefined;
    while (this.bytes - this.chunks[0]!.length >= TAIL_BYTES) this.bytes -= this.chunks.shift()!.length;
    return chunk;
  }

  /** Read when the answer has passed. */
  get usage(): Usage | undefined {
    const { adapter } = this;
    return adapter.readUsage(this.end()) ?? adapter.readUsage(this.fromLast(adapter.usageField));
  }

  protected tail(): Buffer {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0] ?? NOTHING;
  }

  /**
   * The last part of the answer. A letter for each byte: that shows names, numbers and structure as they are, and is
   * made and searched faster than anything else.
   */
  protected end(): string {
    if (this.text === undefined) {
      this.text = this.letters?.lastOf(this.tail(), END_BYTES) ?? '';
    }
    return this.text;
  }

  /** The text from the last `field` on, in its quotes, where `end` does not reach all of the answer; else none. */
  protected fromLast(field: string): string {
    const bytes = this.tail();
    const from = bytes.length <= END_BYTES ? -1 : bytes.lastIndexOf(field);
    return from === -1 ? '' : bytes.toString('latin1', from);
  }
}

const NOTHING = Buffer.alloc(0);
