import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { Citation } from '../../conversation/parts.js';
import type { Finish } from '../../conversation/reply.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import { readCitations } from './citations.js';
import { readFinish } from './finish.js';
import { readAnswerContent } from './read-response.js';
import { StreamedCalls } from './read-stream-calls.js';
import { type Detail, readDetails, readGoogleSignature, thoughtText } from './reasoning.js';
import { StreamedAudio } from './streamed-audio.js';
import { readLogprobs } from './token-logprobs.js';

type OpenKind = 'text' | 'thought' | 'refusal';

/** One candidate of a stream. At most one text, thought or refusal is open at a time, beside any number of calls. */
export class StreamedChoice {
  private parts = 0;
  private open: { readonly kind: OpenKind; readonly part: number } | undefined;
  /** Which entry of `reasoning_details` the open thought is. */
  private detail: unknown;
  /** Where the open text begins in the content. */
  private base = 0;
  private length = 0;
  private refused = false;
  private audio: StreamedAudio | undefined;
  private readonly calls: StreamedCalls;
  private end: Finish | undefined;

  constructor(
    replyId: string,
    private readonly candidate: number,
  ) {
    this.calls = new StreamedCalls(replyId, candidate, () => this.parts++);
  }

  /** @throws Error where it cannot be understood */
  read(choice: Fields, out: ReplyEvent[]): void {
    const { delta } = choice;
    if (isFields(delta)) this.readDelta(delta, out);
    if (choice.logprobs) {
      const tokens = readLogprobs(choice.logprobs);
      if (tokens) out.push({ type: 'logprobs', candidate: this.candidate, tokens });
    }
    if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '' && !this.end) {
      this.end = readFinish(choice, { calls: this.calls.any, refusal: this.refused });
    }
  }

  /** Said at the end of the stream, since some send more after the reason. */
  finish(out: ReplyEvent[]): void {
    this.shut(out);
    this.calls.closeAll(out);
    const { candidate } = this;
    if (this.audio) out.push({ type: 'whole', candidate, part: this.parts++, value: this.audio.whole });
    out.push({ type: 'finish', candidate, finish: this.end ?? { reason: 'other' } });
  }

  private readDelta(delta: Fields, out: ReplyEvent[]): void {
    const { content } = delta;
    // The usual piece of text, as quickly as may be.
    this.readThought(delta, out);
    if (typeof content === 'string') {
      if (content !== '') this.say('text', content, out);
    } else if (Array.isArray(content)) this.readParts(content, out);
    if (typeof delta.refusal === 'string' && delta.refusal !== '') {
      this.refused = true;
      this.say('refusal', delta.refusal, out);
    }
    if (Array.isArray(delta.tool_calls)) this.readCalls(delta.tool_calls, out);
    if (isFields(delta.function_call)) this.readCalls([{ index: 0, function: delta.function_call }], out);
    this.readMore(delta, out);
  }

  private readMore(delta: Fields, out: ReplyEvent[]): void {
    if (isFields(delta.audio)) {
      this.audio ??= new StreamedAudio();
      if (!this.audio.add(delta.audio)) throw new Error('the spoken answer is too long');
    }
    if (Array.isArray(delta.images)) this.readParts(delta.images, out);
    if (delta.annotations) {
      for (const citation of readCitations(delta.annotations)) this.cite(citation, out);
    }
    if (delta.extra_content) {
      const signature = readGoogleSignature(delta);
      const part = signature && this.textPart(out);
      if (part !== undefined)
        out.push({ type: 'signature', candidate: this.candidate, part, signature: signature! });
    }
  }

  private readThought(delta: Fields, out: ReplyEvent[]): void {
    if (delta.reasoning_details) {
      const details = readDetails(delta.reasoning_details);
      if (details.length > 0) {
        for (const detail of details) this.readDetail(detail, out);
        return;
      }
    }
    const text = thoughtText(delta);
    if (text !== '') this.say('thought', text, out);
  }

  private readDetail({ index, text, redacted, signature }: Detail, out: ReplyEvent[]): void {
    const { candidate } = this;
    if (redacted) {
      this.shut(out);
      const value = { kind: 'thought', text: '', redacted: true, ...(signature && { signature }) } as const;
      out.push({ type: 'whole', candidate, part: this.parts++, value });
      return;
    }
    if (text === '' && !signature) return;
    if (this.open?.kind === 'thought' && this.detail !== index) this.shut(out);
    this.detail = index;
    const part = this.ensure('thought', out);
    if (text !== '') out.push({ type: 'delta', candidate, part, text });
    if (!signature) return;
    out.push({ type: 'signature', candidate, part, signature });
    this.shut(out);
  }

  private readParts(content: readonly unknown[], out: ReplyEvent[]): void {
    for (const value of readAnswerContent(content)) {
      if (value.kind === 'text' || value.kind === 'thought' || value.kind === 'refusal') {
        if (value.text !== '') this.say(value.kind, value.text, out);
        continue;
      }
      this.shut(out);
      out.push({ type: 'whole', candidate: this.candidate, part: this.parts++, value });
    }
  }

  private readCalls(calls: readonly unknown[], out: ReplyEvent[]): void {
    this.shut(out);
    for (const call of calls) if (isFields(call)) this.calls.read(call, out);
  }

  private say(kind: OpenKind, text: string, out: ReplyEvent[]): void {
    const part = this.ensure(kind, out);
    if (kind === 'text') this.length += text.length;
    out.push({ type: 'delta', candidate: this.candidate, part, text });
  }

  private ensure(kind: OpenKind, out: ReplyEvent[]): number {
    if (this.open?.kind === kind) return this.open.part;
    this.shut(out);
    const part = this.parts++;
    this.open = { kind, part };
    if (kind === 'text') this.base = this.length;
    out.push({ type: 'open', candidate: this.candidate, part, kind });
    return part;
  }

  private shut(out: ReplyEvent[]): void {
    if (!this.open) return;
    out.push({ type: 'close', candidate: this.candidate, part: this.open.part });
    this.open = undefined;
  }

  /** What comes late about a text that is closed finds an empty one. */
  private textPart(out: ReplyEvent[]): number {
    return this.ensure('text', out);
  }

  /** Places are counted in the whole content there, in one part here. */
  cite({ from, to, ...citation }: Citation, out: ReplyEvent[]): void {
    const part = this.textPart(out);
    const inside = from !== undefined && to !== undefined && from >= this.base;
    const place = inside ? { from: from - this.base, to: to - this.base } : {};
    out.push({ type: 'citation', candidate: this.candidate, part, citation: { ...citation, ...place } });
  }
}
