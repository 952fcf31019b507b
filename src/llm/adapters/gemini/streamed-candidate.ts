import type { Fields } from '../../conversation/dialect.js';
import { isFields, otherFields } from '../../conversation/fields.js';
import type { CallPart, Part } from '../../conversation/parts.js';
import type { Finish } from '../../conversation/reply.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import type { CallIds } from './call-ids.js';
import { readCitations } from './citations.js';
import { readFinish } from './finish.js';
import { readLogprobs } from './logprobs.js';
import { PartialArgs } from './partial-args.js';
import { camelFields } from './proto.js';
import { candidateExtrasOf, partsOf, readAnswerPart } from './read-response.js';

/** What is kept of an answer's text, to place its citations: longer than any model answers. */
const LONGEST_TEXT = 4 * 1024 * 1024;

interface OpenPart {
  readonly part: number;
  readonly kind: 'text' | 'thought';
}

interface OpenCall {
  readonly part: number;
  readonly args: PartialArgs;
  signature: CallPart['signature'];
}

const SOURCES: ReadonlySet<string> = new Set(['groundingMetadata', 'citationMetadata']);

/** One candidate of a stream: its pieces become parts, and what stands around them waits for its end. */
export class StreamedCandidate {
  finished = false;
  private next = 0;
  private open: OpenPart | undefined;
  private call: OpenCall | undefined;
  private called = false;
  /** Texts of the open part, or of the last one, for its citations. */
  private text: string[] = [];
  private length = 0;
  private sources: Record<string, unknown> = {};

  constructor(
    private readonly index: number,
    private readonly ids: CallIds,
  ) {}

  take(candidate: Fields, events: ReplyEvent[]): void {
    if (this.finished) return;
    const parts = partsOf(candidate.content);
    for (let i = 0; i < parts.length; i++) this.takePart(parts[i], i, events);
    const tokens = readLogprobs(candidate.logprobsResult);
    if (tokens) events.push({ type: 'logprobs', candidate: this.index, tokens });
    const extras = candidateExtrasOf(candidate);
    if (extras) {
      for (const name of SOURCES)
        if (isFields(extras.gemini![name])) this.sources[name] = extras.gemini![name];
      events.push({ type: 'extras', candidate: this.index, extras });
    }
    if (typeof candidate.finishReason === 'string' && candidate.finishReason !== '') {
      this.end(readFinish(candidate, this.called), events);
    }
  }

  end(finish: Finish, events: ReplyEvent[]): void {
    this.closeCall(events);
    this.cite(events);
    this.close(events);
    this.finished = true;
    events.push({ type: 'finish', candidate: this.index, finish });
  }

  private takePart(value: unknown, at: number, events: ReplyEvent[]): void {
    if (isFields(value) && this.takeText(value, events)) return;
    const call = isFields(value) ? (value.functionCall ?? value.function_call) : undefined;
    if (isFields(call) && this.takePartialCall(value as Fields, camelFields(call), events)) return;
    this.takeWhole(readAnswerPart(value, at, this.ids), events);
  }

  /** The most frequent of all events, without detours: a text, or a thought, and nothing else. */
  private takeText(part: Fields, events: ReplyEvent[]): boolean {
    const { text, thought } = part;
    if (typeof text !== 'string') return false;
    for (const name in part) if (name !== 'text' && name !== 'thought') return false;
    if (text !== '') this.add(thought === true ? 'thought' : 'text', text, events);
    return true;
  }

  private add(kind: OpenPart['kind'], text: string, events: ReplyEvent[]): void {
    let open = this.open;
    if (open?.kind !== kind) {
      this.closeCall(events);
      this.close(events);
      this.open = open = { part: this.next++, kind };
      events.push({ type: 'open', candidate: this.index, part: open.part, kind });
      if (kind === 'text') this.forgetText();
    }
    if (text === '') return;
    if (kind === 'text' && (this.length += text.length) <= LONGEST_TEXT) this.text.push(text);
    events.push({ type: 'delta', candidate: this.index, part: open.part, text });
  }

  private takeWhole(part: Part, events: ReplyEvent[]): void {
    if ((part.kind === 'text' || part.kind === 'thought') && !part.extras) {
      if (part.kind === 'thought' && part.redacted) return this.whole(part, events);
      this.add(part.kind, part.text, events);
      // What was signed ends here: parts with and without a signature must not become one.
      this.close(events, part.signature);
      return;
    }
    this.closeCall(events);
    this.close(events);
    if (part.kind === 'call') this.called = true;
    if (part.kind !== 'call' || part.extras) return this.whole(part, events);
    const at = { candidate: this.index, part: this.next++ };
    events.push({ type: 'open', ...at, kind: 'call', id: part.id, name: part.name });
    events.push({ type: 'delta', ...at, text: part.arguments });
    if (part.signature) events.push({ type: 'signature', ...at, signature: part.signature });
    events.push({ type: 'close', ...at });
  }

  private whole(value: Part, events: ReplyEvent[]): void {
    this.close(events);
    events.push({ type: 'whole', candidate: this.index, part: this.next++, value });
  }

  /** Calls whose arguments come bit by bit are told when they are whole. */
  private takePartialCall(part: Fields, call: Fields, events: ReplyEvent[]): boolean {
    const continues = call.willContinue === true;
    const begins = typeof call.name === 'string' && call.name !== '';
    if (begins && !continues && !Array.isArray(call.partialArgs)) return false;
    if (begins) {
      this.closeCall(events);
      this.close(events);
      const { id, name, signature } = readAnswerPart(withoutPieces(part, call), 0, this.ids) as CallPart;
      this.call = { part: this.next++, args: new PartialArgs(), signature };
      this.called = true;
      events.push({ type: 'open', candidate: this.index, part: this.call.part, kind: 'call', id, name });
    }
    if (!this.call) return false;
    this.call.args.add(call.partialArgs);
    if (!continues && !(call.partialArgs as unknown[] | undefined)?.some(isOpenPiece)) this.closeCall(events);
    return true;
  }

  private closeCall(events: ReplyEvent[]): void {
    const { call } = this;
    if (!call) return;
    this.call = undefined;
    const at = { candidate: this.index, part: call.part };
    events.push({ type: 'delta', ...at, text: call.args.json });
    if (call.signature) events.push({ type: 'signature', ...at, signature: call.signature });
    events.push({ type: 'close', ...at });
  }

  private close(events: ReplyEvent[], signature?: Part['signature']): void {
    const { open } = this;
    if (!open) return;
    const at = { candidate: this.index, part: open.part };
    if (open.kind === 'text') this.cite(events);
    this.open = undefined;
    if (signature) events.push({ type: 'signature', ...at, signature });
    events.push({ type: 'close', ...at });
  }

  /** Sources are told near the end, as a rule in the last event, and are about the text so far. */
  private cite(events: ReplyEvent[]): void {
    const { open, sources } = this;
    if (open?.kind !== 'text' || Object.keys(sources).length === 0) return;
    this.sources = {};
    const text = this.text.join('');
    for (const { citation } of readCitations(sources, [{ part: 0, text }])) {
      events.push({ type: 'citation', candidate: this.index, part: open.part, citation });
    }
  }

  private forgetText(): void {
    this.text = [];
    this.length = 0;
  }
}

function withoutPieces(part: Fields, call: Fields): Fields {
  const rest = otherFields(call, new Set(['partialArgs', 'willContinue']));
  return { ...part, functionCall: rest };
}

function isOpenPiece(piece: unknown): boolean {
  return isFields(piece) && piece.willContinue === true;
}
