import type { Verdict } from '../kernel/verdict.js';
import type { Usage } from '../proxy/call.js';
import type { ReplyWatch } from '../proxy/plan.js';
import type { Adapter } from './adapters/adapter.js';

/** Counts stand near the end of an answer, so this much of it is enough. */
export const TAIL_BYTES = 64 * 1024;

/** Watches an answer in JSON pass by, for the counts in it. Its end is told by HTTP itself. */
export class TextWatch implements ReplyWatch {
  readonly begun = true;
  readonly complete: boolean = true;
  readonly failure: Verdict | undefined = undefined;
  private chunks: Buffer[] = [];
  private bytes = 0;

  constructor(protected readonly adapter: Adapter) {}

  pass(chunk: Buffer): Buffer {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    while (this.bytes - this.chunks[0]!.length >= TAIL_BYTES) this.bytes -= this.chunks.shift()!.length;
    return chunk;
  }

  /** Read when the answer has passed. */
  get usage(): Usage | undefined {
    const bytes = this.tail();
    const from = bytes.lastIndexOf(this.adapter.usageField);
    return from === -1 ? undefined : this.adapter.readUsage(bytes.toString('utf8', from));
  }

  protected tail(): Buffer {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0] ?? NOTHING;
  }
}

const NOTHING = Buffer.alloc(0);
