import type { Fields } from '../../conversation/dialect.js';
import type { Part } from '../../conversation/parts.js';
import type {
  CitationEvent,
  CloseEvent,
  DeltaEvent,
  FinishEvent,
  LogprobsEvent,
  OpenEvent,
  SignatureEvent,
  WholeEvent,
} from '../../conversation/reply-events.js';
import { writeCitation } from './citations.js';
import { writeFinish } from './finish.js';
import { writeDetail, writeGoogleSignature } from './reasoning.js';
import { writeLogprobs } from './token-logprobs.js';
import { writeAudio, writeImage } from './write-response.js';

/** What stands before and after the choices of each chunk. */
export interface Chunks {
  readonly head: string;
  readonly tail: string;
}

export type ChoiceEvent =
  | OpenEvent
  | DeltaEvent
  | SignatureEvent
  | CitationEvent
  | CloseEvent
  | WholeEvent
  | LogprobsEvent
  | FinishEvent;

interface WrittenPart {
  readonly kind: OpenEvent['kind'];
  readonly freeform: boolean;
  /** Of a call among the calls, of a thought among the thoughts. */
  readonly index: number;
  /** Of a text, where it begins in the content, and its length so far. */
  readonly base: number;
  length: number;
}

/** One candidate of a stream that is written. Clients put it together by the index of the choice and of each call. */
export class WrittenChoice {
  private readonly head: string;
  private readonly tail: string;
  private begun = false;
  private calls = 0;
  private thoughts = 0;
  private images = 0;
  private content = 0;
  private refusal = false;
  private readonly parts = new Map<number, WrittenPart>();

  constructor(
    index: number,
    chunks: Chunks,
    private readonly legacy: boolean,
  ) {
    this.head = `${chunks.head},"choices":[{"index":${index},"delta":`;
    this.tail = `,"logprobs":null,"finish_reason":null}]${chunks.tail}`;
    this.last = chunks.tail;
  }

  private readonly last: string;

  /** The chunk with the role, which comes before all others. */
  begin(): string {
    if (this.begun) return '';
    this.begun = true;
    return this.chunk({ role: 'assistant', content: '', refusal: null });
  }

  write(event: ChoiceEvent): string {
    const news = this.news(event);
    return this.begun ? news : this.begin() + news;
  }

  private news(event: ChoiceEvent): string {
    switch (event.type) {
      case 'delta':
        return this.delta(event);
      case 'open':
        return this.open(event);
      case 'close':
        return '';
      case 'signature':
        return this.sign(event);
      case 'citation':
        return this.cite(event);
      case 'whole':
        return this.whole(event.value);
      case 'logprobs':
        return `${this.head}{},"logprobs":${JSON.stringify(writeLogprobs(event.tokens))},"finish_reason":null}]${this.last}`;
      case 'finish':
        return this.finish(event);
    }
  }

  private chunk(delta: Fields): string {
    return this.head + JSON.stringify(delta) + this.tail;
  }

  private open({ part, kind, id = '', name = '', freeform = false }: OpenEvent): string {
    const index = kind === 'call' ? this.calls++ : kind === 'thought' ? this.thoughts++ : 0;
    this.parts.set(part, { kind, freeform, index, base: this.content, length: 0 });
    if (kind !== 'call') return '';
    if (this.legacy) return index === 0 ? this.chunk({ function_call: { name, arguments: '' } }) : '';
    const called = freeform
      ? { type: 'custom', custom: { name, input: '' } }
      : { type: 'function', function: { name, arguments: '' } };
    return this.chunk({ tool_calls: [{ index, id, ...called }] });
  }

  private delta({ part, text }: DeltaEvent): string {
    const open = this.parts.get(part);
    if (!open) return '';
    const quoted = JSON.stringify(text);
    switch (open.kind) {
      case 'text':
        open.length += text.length;
        this.content += text.length;
        return `${this.head}{"content":${quoted}}${this.tail}`;
      case 'thought':
        return `${this.head}{"reasoning_content":${quoted},"reasoning_details":[{"type":"reasoning.text","text":${quoted},"index":${open.index}}]}${this.tail}`;
      case 'refusal':
        this.refusal = true;
        return `${this.head}{"refusal":${quoted}}${this.tail}`;
      case 'call':
        return this.callDelta(open, quoted);
    }
  }

  private callDelta({ index, freeform }: WrittenPart, quoted: string): string {
    if (this.legacy) {
      return index === 0 ? `${this.head}{"function_call":{"arguments":${quoted}}}${this.tail}` : '';
    }
    const called = freeform ? `"custom":{"input":${quoted}}` : `"function":{"arguments":${quoted}}`;
    return `${this.head}{"tool_calls":[{"index":${index},${called}}]}${this.tail}`;
  }

  private sign({ part, signature }: SignatureEvent): string {
    const open = this.parts.get(part);
    if (!open) return '';
    if (open.kind === 'thought') {
      const detail = writeDetail({ text: '', signature }, open.index);
      return detail ? this.chunk({ reasoning_details: [detail] }) : '';
    }
    if (open.kind !== 'call') return this.chunk(writeGoogleSignature(signature));
    if (this.legacy) return '';
    const { index, freeform } = open;
    const called = freeform ? { custom: { input: '' } } : { function: { arguments: '' } };
    return this.chunk({ tool_calls: [{ index, ...called, ...writeGoogleSignature(signature) }] });
  }

  private cite({ part, citation }: CitationEvent): string {
    const open = this.parts.get(part);
    const annotation = open && writeCitation(citation, open.base, open.length);
    return annotation ? this.chunk({ annotations: [annotation] }) : '';
  }

  /** A part in one piece; what the dialect cannot show in a stream is left out. */
  private whole(value: Part): string {
    if (value.kind === 'media') {
      if (value.media === 'audio') return this.maybe(writeAudio(value));
      const image = value.media === 'image' ? writeImage(value, this.images++) : undefined;
      return image ? this.chunk({ images: [image] }) : '';
    }
    if (value.kind === 'thought') {
      const detail = writeDetail(value, this.thoughts++);
      const text = value.text === '' ? {} : { reasoning_content: value.text };
      return this.maybe(detail && { ...text, reasoning_details: [detail] });
    }
    if (value.kind === 'text') return this.wholeText(value);
    if (value.kind === 'refusal') {
      this.refusal = true;
      return this.chunk({ refusal: value.text });
    }
    return value.kind === 'call' ? this.wholeCall(value) : '';
  }

  private maybe(delta: Fields | undefined): string {
    return delta ? this.chunk(delta) : '';
  }

  private wholeText({ text, citations = [], signature }: Extract<Part, { readonly kind: 'text' }>): string {
    const base = this.content;
    this.content += text.length;
    const annotations = citations.flatMap((citation) => writeCitation(citation, base, text.length) ?? []);
    return this.chunk({
      content: text,
      ...(annotations.length > 0 && { annotations }),
      ...(signature && writeGoogleSignature(signature)),
    });
  }

  private wholeCall(call: Extract<Part, { readonly kind: 'call' }>): string {
    const { id, name, arguments: text, freeform, signature } = call;
    const index = this.calls++;
    if (this.legacy) return index === 0 ? this.chunk({ function_call: { name, arguments: text } }) : '';
    const called = freeform
      ? { type: 'custom', custom: { name, input: text } }
      : { type: 'function', function: { name, arguments: text } };
    return this.chunk({
      tool_calls: [{ index, id, ...called, ...(signature && writeGoogleSignature(signature)) }],
    });
  }

  private finish({ finish }: FinishEvent): string {
    const word = writeFinish(finish, { refusal: this.refusal });
    const reason = this.legacy && word === 'tool_calls' ? 'function_call' : word;
    const native =
      finish.native === undefined || finish.native === word
        ? ''
        : `,"native_finish_reason":${JSON.stringify(finish.native)}`;
    return `${this.head}{},"logprobs":null,"finish_reason":"${reason}"${native}}]${this.last}`;
  }
}
