import type { StreamReader } from '../../conversation/codec.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { Fault } from '../../conversation/reply.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import type { StreamEvent } from '../adapter.js';
import { readStreamFault } from './errors.js';
import { readFinish } from './finish.js';
import { replyExtras } from './read-response.js';
import { StreamedItems } from './streamed-items.js';
import { readCounts } from './usage.js';

const NOTHING: readonly ReplyEvent[] = [];

/** https://platform.openai.com/docs/api-reference/responses-streaming */
export function readStream(): StreamReader {
  return new ResponseReader();
}

type Read = (items: StreamedItems, event: Fields, out: ReplyEvent[]) => void;

/** Events about items by their type; those of tools that the provider runs are told when the item is done. */
const READERS: Readonly<Record<string, Read>> = {
  'response.output_text.delta': (items, event, out) => items.content('text', event, out),
  'response.refusal.delta': (items, event, out) => items.content('refusal', event, out),
  'response.output_text.annotation.added': (items, event, out) => items.cite(event, out),
  'response.output_text.done': (items, event, out) => items.finished('text', event, event.text, out),
  'response.refusal.done': (items, event, out) => items.finished('refusal', event, event.refusal, out),
  'response.function_call_arguments.delta': (items, event, out) => items.input(event, out),
  'response.function_call_arguments.done': (items, event, out) =>
    items.finished('call', event, event.arguments, out),
  'response.custom_tool_call_input.delta': (items, event, out) => items.input(event, out),
  'response.custom_tool_call_input.done': (items, event, out) =>
    items.finished('call', event, event.input, out),
  'response.reasoning_summary_text.delta': (items, event, out) =>
    items.think(event, event.summary_index, out),
  'response.reasoning_text.delta': (items, event, out) => items.think(event, 'content', out),
  'response.output_item.added': (items, event, out) => items.added(event, out),
  'response.output_item.done': (items, event, out) => items.done(event, out),
};

class ResponseReader implements StreamReader {
  private begun = false;
  private over = false;
  private readonly items = new StreamedItems();

  read({ data }: StreamEvent): readonly ReplyEvent[] {
    if (this.over || data === '[DONE]') return NOTHING;
    const out: ReplyEvent[] = [];
    try {
      const event: unknown = JSON.parse(data);
      if (!isFields(event)) throw new Error('an event is no object');
      this.readEvent(event, out);
    } catch (error) {
      const why = error instanceof SyntaxError ? 'an event is no JSON' : (error as Error).message;
      this.fail({ status: 502, message: `The upstream's stream broke: ${why}.` }, out);
    }
    return out;
  }

  private readEvent(event: Fields, out: ReplyEvent[]): void {
    const { type, response } = event;
    if (typeof type !== 'string') {
      if (event.error) this.fail(readStreamFault(event), out);
      return;
    }
    if (Object.hasOwn(READERS, type)) return READERS[type]!(this.items, event, out);
    this.readLife(type, isFields(response) ? response : undefined, event, out);
  }

  /** Of the response as a whole. */
  private readLife(type: string, response: Fields | undefined, event: Fields, out: ReplyEvent[]): void {
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        if (response) this.start(response, out);
        return;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.cancelled':
        return this.end(response ?? {}, out);
      case 'response.failed':
        return this.fail(readStreamFault(response ?? {}), out);
      case 'error':
        return this.fail(readStreamFault(event), out);
      default:
        return;
    }
  }

  private start({ id, model, created_at: created }: Fields, out: ReplyEvent[]): void {
    if (this.begun) return;
    this.begun = true;
    out.push({
      type: 'start',
      id: typeof id === 'string' ? id : '',
      model: typeof model === 'string' ? model : '',
      ...(typeof created === 'number' && { created }),
    });
  }

  private end(response: Fields, out: ReplyEvent[]): void {
    this.over = true;
    this.start(response, out);
    this.items.closeAll(out);
    out.push({ type: 'finish', candidate: 0, finish: readFinish(response, this.items.kinds) });
    const extras = replyExtras(response);
    if (extras) out.push({ type: 'extras', extras: { responses: extras } });
    if (isFields(response.usage)) out.push({ type: 'usage', usage: readCounts(response.usage) });
    out.push({ type: 'end' });
  }

  private fail(fault: Fault, out: ReplyEvent[]): void {
    this.over = true;
    out.push({ type: 'fault', fault });
  }
}
