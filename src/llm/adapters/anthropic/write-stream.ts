import type { ReplyContext, StreamWriter } from '../../conversation/codec.js';
import type { Extras, Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { InTurn } from '../../conversation/in-turn.js';
import type { Part } from '../../conversation/parts.js';
import type { Finish, TokenCounts } from '../../conversation/reply.js';
import type { ReplyEvent, StartEvent } from '../../conversation/reply-events.js';
import { BlockWriter } from './block-writer.js';
import { writeFault } from './errors.js';
import { wordsForNothing, writeFinish } from './finish.js';
import { layOver } from './read-response.js';
import { eventText } from './sse-text.js';
import { writeCounts } from './usage.js';
import { messageId } from './write-response.js';

/**
 * Writes a stream of the Messages API. Counts come late from most upstreams: `message_start` holds what is known by
 * then, as a rule nothing, and `message_delta` the totals, which official clients take over from there.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export class MessageWriter implements StreamWriter {
  private readonly inTurn = new InTurn();
  private readonly blocks = new BlockWriter();
  private readonly kinds = new Set<Part['kind']>();
  private usage: Partial<TokenCounts> | undefined;
  private side: Record<string, unknown> | undefined;
  private finish: Finish = { reason: 'other' };
  private begun = false;
  private over = false;

  constructor(private readonly context: ReplyContext) {}

  write(event: ReplyEvent): string {
    // A client of Anthropic cannot ask for more than one candidate.
    if (this.over || ('candidate' in event && event.candidate !== undefined && event.candidate > 0))
      return '';
    let text = '';
    for (const next of this.inTurn.next(event)) text += this.next(next);
    return text;
  }

  private next(event: ReplyEvent): string {
    switch (event.type) {
      case 'start':
        return this.start(event);
      case 'usage':
        this.usage = { ...this.usage, ...event.usage };
        return '';
      case 'extras':
        if (event.candidate === undefined) this.keepSide(event.extras);
        return '';
      case 'finish':
        this.finish = event.finish;
        return '';
      case 'logprobs':
        return '';
      case 'fault':
        this.over = true;
        return eventText('error', writeFault(event.fault, this.context.requestId));
      case 'end':
        return this.end();
      case 'open':
        this.kinds.add(event.kind);
        return this.blocks.write(event);
      case 'whole':
        this.kinds.add(event.value.kind);
        return this.blocks.write(event);
      default:
        return this.blocks.write(event);
    }
  }

  private start({ id, model }: StartEvent): string {
    if (this.begun) return '';
    this.begun = true;
    const { requestId, conversation } = this.context;
    const { side, usage } = layOver(this.side, writeCounts(this.usage));
    const message = {
      id: messageId(id, requestId),
      type: 'message',
      role: 'assistant',
      model: model || conversation.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      ...side,
      usage,
    };
    return eventText('message_start', { type: 'message_start', message });
  }

  private end(): string {
    this.over = true;
    const words = this.blocks.count === 0 ? wordsForNothing(this.finish) : undefined;
    const { side, usage } = layOver(this.side, writeCounts(this.usage));
    const { container, ...others } = side;
    const delta = { ...writeFinish(this.finish, this.kinds), ...(container !== undefined && { container }) };
    return (
      this.blocks.closeOpen() +
      (words === undefined ? '' : this.blocks.text(words)) +
      eventText('message_delta', { type: 'message_delta', delta, ...others, usage }) +
      eventText('message_stop', { type: 'message_stop' })
    );
  }

  private keepSide({ anthropic }: Extras): void {
    if (!anthropic) return;
    const usage = isFields(anthropic.usage)
      ? { usage: { ...asFields(this.side?.usage), ...anthropic.usage } }
      : {};
    this.side = { ...this.side, ...anthropic, ...usage };
  }
}

function asFields(value: unknown): Fields {
  return isFields(value) ? value : {};
}
