import { KeywheelError } from '../../../kernel/errors.js';
import { upstreamFault } from '../../../kernel/judging.js';
import type { Verdict } from '../../../kernel/verdict.js';
import type { Usage } from '../../../proxy/call.js';
import type { ReplyWatch } from '../../../proxy/plan.js';
import type { Codec } from '../../conversation/codec.js';
import type { Fields } from '../../conversation/dialect.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import type { Reply } from '../../conversation/reply.js';
import { LARGEST_ANSWER, TOO_LARGE, tooLarge } from '../largest-answer.js';
import type { ReplySink } from './reply-sink.js';
import { usageOf } from './usage-of.js';

const NOTHING = Buffer.alloc(0);

/** Reads an answer in one piece, and has it written for the caller when it is complete. */
export class WholeTranslation implements ReplyWatch {
  readonly begun = false;
  complete = false;
  failure: Verdict | undefined;
  error: KeywheelError | undefined;
  usage: Usage | undefined;
  private chunks: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly codec: Codec,
    private readonly sink: ReplySink,
    /** For answers that are no JSON. */
    private readonly readBytes?: (bytes: Buffer) => Reply,
  ) {}

  pass(chunk: Buffer): Buffer {
    this.bytes += chunk.length;
    if (this.bytes > LARGEST_ANSWER) this.giveUp();
    else this.chunks.push(chunk);
    return NOTHING;
  }

  flush(): Buffer {
    if (this.failure) return NOTHING;
    try {
      const reply = this.read(Buffer.concat(this.chunks));
      if (isEmpty(reply)) {
        this.fail('The upstream’s answer is empty.');
        return NOTHING;
      }
      this.usage = reply.usage && usageOf(reply.usage);
      this.sink.addWhole(reply);
      this.complete = true;
    } catch (cause) {
      this.fail('The upstream’s answer is not what its protocol says.', cause);
    }
    this.chunks = [];
    return this.sink.take();
  }

  private read(bytes: Buffer): Reply {
    if (this.readBytes) return this.readBytes(bytes);
    return this.codec.readReply(parsePrecise(bytes.toString('utf8')) as Fields);
  }

  private giveUp(): void {
    this.chunks = [];
    this.failure = TOO_LARGE;
    this.error = tooLarge();
  }

  private fail(message: string, cause?: unknown): void {
    this.chunks = [];
    this.failure = upstreamFault('unreadable_answer');
    this.error = new KeywheelError('upstream_broken', message, { cause });
  }
}

/** Neither content nor a word on why it ended: nothing was answered. */
function isEmpty({ candidates }: Reply): boolean {
  return candidates.every(
    ({ parts, finish }) => parts.length === 0 && finish.reason === 'other' && finish.native === undefined,
  );
}
