import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import type { Part } from '../../conversation/parts.js';
import { readTokens } from '../openai-logprobs.js';
import { readCitation } from './citations.js';
import { partsOf, readCall } from './read-response.js';
import { BETWEEN_SUMMARIES, readReasoning } from './reasoning.js';

type OpenKind = 'text' | 'refusal' | 'thought' | 'call';

interface OpenPart {
  readonly part: number;
  readonly kind: OpenKind;
  /** Whether anything of it was told. */
  told: boolean;
  /** Of a thought: which part of its summary came last. */
  summary: unknown;
}

/** More parts open at once than any response has. */
const MOST_OPEN = 256;

/** The items of a stream, and the parts that they are. Texts and refusals have a key each, below their item's. */
export class StreamedItems {
  readonly kinds = new Set<Part['kind']>();
  private readonly open = new Map<string, OpenPart>();
  /** Items of which something was told. */
  private readonly begun = new Set<string>();
  private parts = 0;

  added({ output_index: index, item }: Fields, out: ReplyEvent[]): void {
    if (!isFields(item)) return;
    const freeform = item.type === 'custom_tool_call';
    if (item.type !== 'function_call' && !freeform) return;
    const { id, name } = readCall(item, '');
    this.begin(keyOf(index), 'call', out, { id, name, ...(freeform && { freeform }) });
    const early = freeform ? item.input : item.arguments;
    if (typeof early === 'string') this.say(keyOf(index), 'call', early, out);
  }

  /** More of a text or refusal. */
  content(kind: 'text' | 'refusal', event: Fields, out: ReplyEvent[]): void {
    this.say(keyOf(event.output_index, event.content_index), kind, event.delta, out);
    const tokens = kind === 'text' ? readTokens(event.logprobs) : [];
    if (tokens.length > 0) out.push({ type: 'logprobs', candidate: 0, tokens });
  }

  /** More of the input of a call. */
  input(event: Fields, out: ReplyEvent[]): void {
    this.say(keyOf(event.output_index), 'call', event.delta, out);
  }

  cite({ output_index: item, content_index: content, annotation }: Fields, out: ReplyEvent[]): void {
    const found = this.open.get(keyOf(item, content));
    const citation = readCitation(annotation);
    if (found && citation) out.push({ type: 'citation', candidate: 0, part: found.part, citation });
  }

  /** The end of a text, refusal or call; where nothing of it was told yet, it is now. */
  finished(kind: OpenKind, event: Fields, whole: unknown, out: ReplyEvent[]): void {
    const key = kind === 'call' ? keyOf(event.output_index) : keyOf(event.output_index, event.content_index);
    if (this.open.get(key)?.told !== true) this.say(key, kind, whole, out);
    if (kind !== 'call') this.close(key, out);
  }

  /** More of a thought. @param place of the summary's part that it is of */
  think(event: Fields, place: unknown, out: ReplyEvent[]): void {
    const key = keyOf(event.output_index);
    const known = this.open.get(key);
    if (known?.told && known.summary !== place) this.say(key, 'thought', BETWEEN_SUMMARIES, out);
    this.say(key, 'thought', event.delta, out);
    const found = this.open.get(key);
    if (found) found.summary = place;
  }

  done({ output_index: index, item }: Fields, out: ReplyEvent[]): void {
    if (!isFields(item)) return;
    const key = keyOf(index);
    if (item.type === 'reasoning') return this.thought(key, item, out);
    for (const [name] of this.open) if (name === key || name.startsWith(`${key}:`)) this.close(name, out);
    // Some tell an item only when it is done.
    if (this.begun.has(key)) return;
    for (const value of partsOf(item)) this.whole(value, out);
  }

  closeAll(out: ReplyEvent[]): void {
    for (const key of [...this.open.keys()]) this.close(key, out);
  }

  private thought(key: string, item: Fields, out: ReplyEvent[]): void {
    const { text, signature } = readReasoning(item);
    if (this.open.get(key)?.told !== true) this.say(key, 'thought', text, out);
    if (signature) {
      const { part } = this.begin(key, 'thought', out);
      out.push({ type: 'signature', candidate: 0, part, signature });
    }
    this.close(key, out);
  }

  private whole(value: Part, out: ReplyEvent[]): void {
    this.kinds.add(value.kind);
    out.push({ type: 'whole', candidate: 0, part: this.parts++, value });
  }

  private say(key: string, kind: OpenKind, text: unknown, out: ReplyEvent[]): void {
    if (typeof text !== 'string' || text === '') return;
    const found = this.begin(key, kind, out);
    found.told = true;
    out.push({ type: 'delta', candidate: 0, part: found.part, text });
  }

  private begin(
    key: string,
    kind: OpenKind,
    out: ReplyEvent[],
    call?: { readonly id: string; readonly name: string; readonly freeform?: boolean },
  ): OpenPart {
    const known = this.open.get(key);
    if (known) return known;
    if (this.open.size >= MOST_OPEN) throw new Error('too many parts are open at once');
    if (kind === 'call' && !call) throw new Error('a delta belongs to no call');
    const found: OpenPart = { part: this.parts++, kind, told: false, summary: undefined };
    this.open.set(key, found);
    this.begun.add(key.split(':', 1)[0]!);
    this.kinds.add(kind);
    out.push({ type: 'open', candidate: 0, part: found.part, kind, ...call });
    return found;
  }

  private close(key: string, out: ReplyEvent[]): void {
    const found = this.open.get(key);
    if (!found) return;
    this.open.delete(key);
    out.push({ type: 'close', candidate: 0, part: found.part });
  }
}

function keyOf(item: unknown, content?: unknown): string {
  const index = typeof item === 'number' ? item : 0;
  return content === undefined ? String(index) : `${index}:${typeof content === 'number' ? content : 0}`;
}
