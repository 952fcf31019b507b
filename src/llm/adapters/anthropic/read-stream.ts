import type { StreamEvent } from '../adapter.js';
import type { StreamReader } from '../../conversation/codec.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import type { Fault } from '../../conversation/reply.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import { readFault } from './errors.js';
import { readFinish } from './finish.js';
import { statusOfType } from './judge-event.js';
import { OpenBlocks } from './open-blocks.js';
import { sideOfReply } from './read-response.js';
import { readCounts } from './usage.js';

const NOTHING: readonly ReplyEvent[] = [];

/** https://platform.claude.com/docs/en/build-with-claude/streaming */
export class MessageReader implements StreamReader {
  private readonly blocks = new OpenBlocks();
  private usage: Fields = {};
  private begun = false;
  private finished = false;
  /** Nothing counts behind the protocol's end or a fault. */
  private over = false;

  read({ data }: StreamEvent): readonly ReplyEvent[] {
    if (this.over || data === '') return NOTHING;
    try {
      const event = parsePrecise(data);
      return isFields(event) ? this.next(event) : this.broken('An event is no object.');
    } catch (thrown) {
      return this.broken(thrown instanceof Error ? thrown.message : 'An event cannot be read.');
    }
  }

  private next(event: Fields): readonly ReplyEvent[] {
    switch (event.type) {
      case 'content_block_delta':
        return this.blocks.delta(event);
      case 'content_block_start':
        return this.blocks.start(event);
      case 'content_block_stop':
        return this.blocks.stop(event);
      case 'message_start':
        return this.start(event);
      case 'message_delta':
        return this.delta(event);
      case 'message_stop':
        return this.end();
      case 'error':
        return this.fault(faultOf(event));
      default:
        // Pings, and types to come: https://platform.claude.com/docs/en/api/versioning
        return NOTHING;
    }
  }

  private start({ message }: Fields): readonly ReplyEvent[] {
    if (!isFields(message)) return this.broken('message_start holds no message.');
    if (this.begun) return this.broken('A second message has begun.');
    this.begun = true;
    const { id, model, content } = message;
    return [
      { type: 'start', id: typeof id === 'string' ? id : '', model: typeof model === 'string' ? model : '' },
      ...this.counts(message.usage),
      ...sideEvents(message),
      ...(Array.isArray(content) ? content.flatMap((block: unknown) => this.blocks.whole(block)) : NOTHING),
    ];
  }

  private delta({ delta, usage, ...others }: Fields): readonly ReplyEvent[] {
    const told = isFields(delta) ? delta : {};
    const events = [...this.counts(usage), ...sideEvents({ ...others, ...told, usage })];
    if (this.finished || typeof told.stop_reason !== 'string') return events;
    this.finished = true;
    return [...this.blocks.closeAll(), ...events, { type: 'finish', candidate: 0, finish: readFinish(told) }];
  }

  private end(): readonly ReplyEvent[] {
    this.over = true;
    if (this.finished) return [{ type: 'end' }];
    return [
      ...this.blocks.closeAll(),
      { type: 'finish', candidate: 0, finish: { reason: 'other' } },
      { type: 'end' },
    ];
  }

  /** Later counts are totals that leave out what has not changed. */
  private counts(usage: unknown): readonly ReplyEvent[] {
    if (!isFields(usage)) return NOTHING;
    const known: Record<string, unknown> = { ...this.usage };
    for (const name of Object.keys(usage)) if (usage[name] !== null) known[name] = usage[name];
    this.usage = known;
    return [{ type: 'usage', usage: readCounts(known) }];
  }

  private broken(why: string): readonly ReplyEvent[] {
    return this.fault({ status: 502, message: `The upstream sent an event that cannot be read: ${why}` });
  }

  private fault(fault: Fault): readonly ReplyEvent[] {
    this.over = true;
    return [{ type: 'fault', fault }];
  }
}

function faultOf(event: Fields): Fault {
  const fault = readFault(500, JSON.stringify(event));
  return fault.code === undefined ? fault : { ...fault, status: statusOfType(fault.code) };
}

function sideEvents(answer: Fields): readonly ReplyEvent[] {
  const side = sideOfReply(answer, isFields(answer.usage) ? answer.usage : undefined);
  return side ? [{ type: 'extras', extras: { anthropic: side } }] : NOTHING;
}
