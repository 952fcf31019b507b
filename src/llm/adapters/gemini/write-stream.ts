import type { ReplyContext, StreamWriter } from '../../conversation/codec.js';
import type { Fields } from '../../conversation/dialect.js';
import type { CallPart, TextPart } from '../../conversation/parts.js';
import type { Fault, Finish, TokenCounts } from '../../conversation/reply.js';
import type { DeltaEvent, OpenEvent, ReplyEvent, SignatureEvent } from '../../conversation/reply-events.js';
import { carriedSignature } from './carried-signature.js';
import { writeCitations } from './citations.js';
import { writeFault } from './errors.js';
import { blockedPrompt, writeFinish } from './finish.js';
import { writeLogprobs } from './logprobs.js';
import { writeCounts } from './usage.js';
import { isMalformed, writeAnswerPart } from './write-answer-parts.js';
import { malformedCall } from './write-response.js';

/** A part of an answer while it is open. */
interface OpenPart {
  readonly opened: OpenEvent;
  /** What comes before and after a piece of its text. */
  readonly before: string;
  readonly after: string;
  /** A call's arguments, or a text for its citations. */
  readonly pieces: string[];
  readonly citations: NonNullable<TextPart['citations']>[number][];
  signature: SignatureEvent['signature'] | undefined;
}

interface WrittenCandidate {
  readonly parts: Map<number, OpenPart>;
  /** Texts with citations, for the sources at the end. */
  readonly cited: TextPart[];
  readonly fields: Record<string, unknown>;
  finish: Finish | undefined;
  malformed: boolean;
  wrote: boolean;
}

/**
 * Each event is a GenerateContentResponse with what is new. Calls go out whole, so their arguments wait; the finish
 * waits for the counts, which belong into the same event, and for the proof that the answer is complete.
 */
export class GeminiStreamWriter implements StreamWriter {
  private readonly candidates = new Map<number, WrittenCandidate>();
  private tail = '}\r\n\r\n';
  private usage: Partial<TokenCounts> | undefined;
  private extras: Fields | undefined;

  constructor(private readonly context: ReplyContext) {}

  write(event: ReplyEvent): string {
    switch (event.type) {
      case 'delta':
        return this.delta(event);
      case 'start':
        return this.start(event.id, event.model);
      case 'open':
        return this.open(event);
      case 'close':
        return this.close(event.candidate, event.part);
      case 'signature':
        this.part(event.candidate, event.part, (part) => (part.signature = event.signature));
        return '';
      case 'citation':
        this.part(event.candidate, event.part, (part) => part.citations.push(event.citation));
        return '';
      case 'whole':
        return this.whole(event);
      case 'logprobs':
        return this.say(event.candidate, {
          logprobsResult: writeLogprobs(event.tokens),
          index: event.candidate,
        });
      case 'finish':
        this.candidate(event.candidate).finish = event.finish;
        return '';
      case 'usage':
        this.usage = { ...this.usage, ...event.usage };
        return '';
      case 'extras':
        this.addExtras(event.candidate, event.extras.gemini);
        return '';
      case 'fault':
        return this.fault(event.fault);
      case 'end':
        return this.end();
    }
  }

  private start(id: string, model: string): string {
    const version = JSON.stringify(model || this.context.conversation.model);
    this.tail = `,"modelVersion":${version},"responseId":${JSON.stringify(id)}}\r\n\r\n`;
    return '';
  }

  private open(event: OpenEvent): string {
    const mark = event.kind === 'thought' ? ',"thought":true' : '';
    this.candidate(event.candidate).parts.set(event.part, {
      opened: event,
      before: 'data: {"candidates":[{"content":{"parts":[{"text":',
      after: `${mark}}],"role":"model"},"index":${event.candidate}}]${this.tail}`,
      pieces: [],
      citations: [],
      signature: undefined,
    });
    return '';
  }

  private delta({ candidate, part, text }: DeltaEvent): string {
    const found = this.candidates.get(candidate)?.parts.get(part);
    if (!found) return '';
    const { kind } = found.opened;
    // Thoughts have no citations, so nobody needs their text again.
    if (kind !== 'thought') found.pieces.push(text);
    if (kind === 'call' || text === '') return '';
    return found.before + JSON.stringify(text) + found.after;
  }

  private close(candidate: number, part: number): string {
    const of = this.candidate(candidate);
    const open = of.parts.get(part);
    if (!open) return '';
    of.parts.delete(part);
    const { opened, pieces, citations, signature } = open;
    if (opened.kind === 'call') return this.call(of, opened, pieces.join(''), signature);
    if (opened.kind === 'text' && citations.length > 0) {
      of.cited.push({ kind: 'text', text: pieces.join(''), citations });
    }
    if (!signature) return '';
    const thoughtSignature = carriedSignature(signature);
    const thought = opened.kind === 'thought' ? { thought: true } : undefined;
    return this.parts(candidate, { text: '', ...thought, thoughtSignature });
  }

  private call(
    of: WrittenCandidate,
    opened: OpenEvent,
    text: string,
    signature: OpenPart['signature'],
  ): string {
    const { candidate, id = '', name = '', freeform } = opened;
    const part: CallPart = { kind: 'call', id, name, arguments: text, freeform, signature };
    if (isMalformed(part)) of.malformed = true;
    return this.parts(candidate, writeAnswerPart(part)!);
  }

  private whole({ candidate, value }: Extract<ReplyEvent, { type: 'whole' }>): string {
    const of = this.candidate(candidate);
    if (isMalformed(value)) of.malformed = true;
    if (value.kind === 'text' && value.citations) of.cited.push(value);
    const part = writeAnswerPart(value);
    return part ? this.parts(candidate, part) : '';
  }

  private parts(candidate: number, part: Fields): string {
    return this.say(candidate, { content: { parts: [part], role: 'model' }, index: candidate });
  }

  private say(candidate: number, fields: Fields): string {
    this.candidate(candidate).wrote = true;
    return `data: {"candidates":[${JSON.stringify(fields)}]${this.tail}`;
  }

  private addExtras(candidate: number | undefined, gemini: Fields | undefined): void {
    if (!gemini) return;
    if (candidate === undefined) this.extras = { ...this.extras, ...gemini };
    else Object.assign(this.candidate(candidate).fields, gemini);
  }

  /** Without `end` there is no finish reason: an answer that broke off does not look complete. */
  private end(): string {
    const usageMetadata = this.usage && writeCounts(this.usage);
    const promptFeedback = this.blocked();
    const candidates = promptFeedback ? undefined : [...this.candidates].map(lastWords);
    const body = JSON.stringify({ candidates, promptFeedback, usageMetadata, ...this.extras });
    return `data: ${body.slice(0, -1)}${this.tail}`;
  }

  private blocked(): Fields | undefined {
    const only = this.candidates.size === 1 ? this.candidates.get(0) : undefined;
    return only?.finish && !only.wrote ? blockedPrompt(only.finish) : undefined;
  }

  private fault(fault: Fault): string {
    return `data: ${JSON.stringify(writeFault(fault, this.context.requestId))}\r\n\r\n`;
  }

  private candidate(index: number): WrittenCandidate {
    let found = this.candidates.get(index);
    if (!found) {
      found = { parts: new Map(), cited: [], fields: {}, finish: undefined, malformed: false, wrote: false };
      this.candidates.set(index, found);
    }
    return found;
  }

  private part(candidate: number, part: number, change: (part: OpenPart) => unknown): void {
    const found = this.candidates.get(candidate)?.parts.get(part);
    if (found) change(found);
  }
}

/** What is said of a candidate when it is complete. */
function lastWords([index, { finish, malformed, cited, fields }]: [number, WrittenCandidate]): Fields {
  const ended = finish ?? { reason: 'other' as const };
  const own = fields.groundingMetadata ?? fields.citationMetadata;
  const groundingMetadata = own ? undefined : writeCitations(cited);
  return {
    content: { parts: [{ text: '' }], role: 'model' },
    ...writeFinish(malformed ? malformedCall(ended) : ended),
    index,
    groundingMetadata,
    ...fields,
  };
}
