import type { Fields } from '../../conversation/dialect.js';
import type { Citation } from '../../conversation/parts.js';
import type { TokenLogprob } from '../../conversation/reply.js';
import { writeCitation } from './citations.js';
import type { Frames } from './frames.js';
import { writeLogprobs } from './token-logprobs.js';

/** A text or refusal of a message while it is written. */
interface OpenContent {
  readonly kind: 'text' | 'refusal';
  readonly place: Fields;
  readonly prepared: string;
  text: string;
  readonly annotations: Fields[];
  logprobs: readonly Fields[];
}

/** A message item while it is written: texts and refusals, one after the other. */
export class MessageItem {
  private readonly contents: Fields[] = [];
  private content: OpenContent | undefined;

  constructor(
    private readonly frames: Frames,
    readonly id: string,
    private readonly index: number,
  ) {}

  begin(): string {
    return this.frames.event('response.output_item.added', {
      output_index: this.index,
      item: this.item('in_progress'),
    });
  }

  delta(kind: 'text' | 'refusal', text: string, fresh: boolean): string {
    let out = '';
    if (!this.content || fresh) out = this.finishContent() + this.beginContent(kind);
    const content = this.content!;
    content.text += text;
    return out + this.frames.delta(content.prepared, text, kind === 'text' ? ',"logprobs":[]' : '');
  }

  cite(citation: Citation): string {
    const { content } = this;
    const annotation = content?.kind === 'text' ? writeCitation(citation, content.text.length) : undefined;
    if (!content || !annotation) return '';
    const annotation_index = content.annotations.length;
    content.annotations.push(annotation);
    return this.frames.event('response.output_text.annotation.added', {
      ...content.place,
      annotation_index,
      annotation,
    });
  }

  /** They are told with the end of the text that is open. */
  addLogprobs(tokens: readonly TokenLogprob[]): boolean {
    if (this.content?.kind !== 'text') return false;
    this.content.logprobs = [...this.content.logprobs, ...writeLogprobs(tokens)];
    return true;
  }

  /** @returns what is to be sent, and the item as it is now */
  end(status: string): { readonly text: string; readonly item: Fields } {
    const before = this.finishContent();
    const item = this.item(status);
    const end = this.frames.event('response.output_item.done', { output_index: this.index, item });
    return { text: before + end, item };
  }

  private item(status: string): Fields {
    return { id: this.id, type: 'message', status, role: 'assistant', content: this.contents };
  }

  private beginContent(kind: 'text' | 'refusal'): string {
    const place = { item_id: this.id, output_index: this.index, content_index: this.contents.length };
    const type = kind === 'text' ? 'response.output_text.delta' : 'response.refusal.delta';
    const prepared = this.frames.prepare(type, place);
    this.content = { kind, place, prepared, text: '', annotations: [], logprobs: [] };
    return this.frames.event('response.content_part.added', { ...place, part: partOf(this.content) });
  }

  private finishContent(): string {
    const { content } = this;
    if (!content) return '';
    this.content = undefined;
    const part = partOf(content);
    this.contents.push(part);
    const { kind, place, text, logprobs } = content;
    const done =
      kind === 'text'
        ? this.frames.event('response.output_text.done', { ...place, text, logprobs })
        : this.frames.event('response.refusal.done', { ...place, refusal: text });
    return done + this.frames.event('response.content_part.done', { ...place, part });
  }
}

function partOf({ kind, text, annotations, logprobs }: OpenContent): Fields {
  return kind === 'text'
    ? { type: 'output_text', text, annotations: [...annotations], logprobs }
    : { type: 'refusal', refusal: text };
}
