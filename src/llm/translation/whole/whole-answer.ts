import { KeywheelError } from '../../../kernel/errors.js';
import { isPromise, type MaybePromise } from '../../../kernel/maybe-promise.js';
import { upstreamFault } from '../../../kernel/judging.js';
import { CALLER_FAULT, type Verdict } from '../../../kernel/verdict.js';
import type { Usage } from '../../../proxy/call.js';
import type { ReplyWatch } from '../../../proxy/plan.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { LARGEST_ANSWER, TOO_LARGE, tooLarge } from '../largest-answer.js';

/** What the caller gets instead of the upstream's answer. */
export interface Rewritten {
  readonly bytes: Buffer;
  readonly usage?: Usage | undefined;
}

/**
 * Writes an answer for the caller. @throws KeywheelError with a status below 500 where the upstream will not do what
 * was asked (`content_blocked`); anything else means that the answer is none
 */
export type Rewrite = (body: Fields) => MaybePromise<Rewritten>;

const NOTHING = Buffer.alloc(0);

/** Reads an answer that is one JSON object, and has it written anew when it is complete. */
export class WholeAnswer implements ReplyWatch {
  readonly begun = false;
  complete = false;
  failure: Verdict | undefined;
  error: KeywheelError | undefined;
  usage: Usage | undefined;
  private chunks: Buffer[] = [];
  private bytes = 0;

  constructor(private readonly rewrite: Rewrite) {}

  pass(chunk: Buffer): Buffer {
    this.bytes += chunk.length;
    if (this.bytes > LARGEST_ANSWER) this.giveUp();
    else this.chunks.push(chunk);
    return NOTHING;
  }

  flush(): MaybePromise<Buffer> {
    if (this.failure) return NOTHING;
    try {
      const written = this.rewrite(this.parsed());
      return isPromise(written)
        ? written.then(
            (late) => this.done(late),
            (cause: unknown) => this.refused(cause),
          )
        : this.done(written);
    } catch (cause) {
      return this.refused(cause);
    }
  }

  private parsed(): Fields {
    const body: unknown = JSON.parse(Buffer.concat(this.chunks).toString('utf8'));
    this.chunks = [];
    if (!isFields(body)) throw new Error('the answer is no JSON object');
    return body;
  }

  private done({ bytes, usage }: Rewritten): Buffer {
    this.usage = usage;
    this.complete = true;
    return bytes;
  }

  private refused(cause: unknown): Buffer {
    if (!(cause instanceof KeywheelError) || cause.status >= 500) {
      return this.broken('The upstream’s answer is not what its protocol says.', cause);
    }
    // Another key would get the same: the model has answered, though not what was asked for.
    this.failure = CALLER_FAULT;
    this.error = cause;
    return NOTHING;
  }

  private giveUp(): void {
    this.chunks = [];
    this.failure = TOO_LARGE;
    this.error = tooLarge();
  }

  private broken(message: string, cause?: unknown): Buffer {
    this.chunks = [];
    this.failure = upstreamFault('unreadable_answer');
    this.error = new KeywheelError('upstream_broken', message, { cause });
    return NOTHING;
  }
}
