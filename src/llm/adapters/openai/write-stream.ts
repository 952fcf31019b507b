import type { ReplyContext, StreamWriter } from '../../conversation/codec.js';
import type { Fields } from '../../conversation/dialect.js';
import type { TokenCounts } from '../../conversation/reply.js';
import type { FaultEvent, ReplyEvent, StartEvent } from '../../conversation/reply-events.js';
import { isFields } from '../../conversation/fields.js';
import { writeFault } from '../openai-faults.js';
import { writeCounts } from './usage.js';
import { replyHead, wantsFunctionCalls } from './write-response.js';
import { type Chunks, WrittenChoice } from './write-stream-choice.js';

const DONE = 'data: [DONE]\n\n';

/** https://platform.openai.com/docs/api-reference/chat-streaming */
export function writeStream(context: ReplyContext): StreamWriter {
  return new ChatStreamWriter(context);
}

/** Counts are written at the end, and only where the client asked: then each chunk before has a null in their place. */
class ChatStreamWriter implements StreamWriter {
  private chunks: Chunks | undefined;
  private usage: Partial<TokenCounts> | undefined;
  private extras: Fields = {};
  private over = false;
  private readonly choices = new Map<number, WrittenChoice>();

  constructor(private readonly context: ReplyContext) {}

  write(event: ReplyEvent): string {
    if (this.over) return '';
    switch (event.type) {
      case 'start':
        return this.start(event);
      case 'usage':
        this.usage = { ...this.usage, ...event.usage };
        return '';
      case 'extras':
        if (event.candidate === undefined) this.extras = { ...this.extras, ...event.extras.chat };
        return '';
      case 'fault':
        return this.fault(event);
      case 'end':
        return this.end();
      default:
        return this.choice(event.candidate).write(event);
    }
  }

  private start(event: Omit<StartEvent, 'type'>): string {
    if (this.chunks) return '';
    this.chunks = this.framing(event);
    return this.choice(0).begin();
  }

  /** What stands around each delta, made once. */
  private framing(event: Omit<StartEvent, 'type'>): Chunks {
    const head = JSON.stringify(replyHead(event, this.context, 'chat.completion.chunk')).slice(0, -1);
    const usage = this.context.conversation.usageInStream ? ',"usage":null' : '';
    return { head: `data: ${head}`, tail: `${usage}}\n\n` };
  }

  private choice(index: number): WrittenChoice {
    let choice = this.choices.get(index);
    if (choice) return choice;
    this.chunks ??= this.framing({ id: '', model: '' });
    choice = new WrittenChoice(index, this.chunks, wantsFunctionCalls(this.context.conversation));
    this.choices.set(index, choice);
    return choice;
  }

  private fault({ fault }: FaultEvent): string {
    this.over = true;
    return `data: ${JSON.stringify(writeFault(fault, this.context.requestId))}\n\n`;
  }

  private end(): string {
    this.over = true;
    const { usage, chunks } = this;
    if (!this.context.conversation.usageInStream || !usage || !chunks) return DONE;
    const { predictions, ...extras } = this.extras;
    const counts = writeCounts(usage, isFields(predictions) ? predictions : {});
    const more = JSON.stringify({ choices: [], usage: counts, ...extras }).slice(1);
    return `${chunks.head},${more}\n\n${DONE}`;
  }
}
