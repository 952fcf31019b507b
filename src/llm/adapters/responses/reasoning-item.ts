import type { Fields } from '../../conversation/dialect.js';
import type { Frames } from './frames.js';

/** A reasoning item while it is written: one summary, and what has to come back. */
export class ReasoningItem {
  private text = '';
  private readonly place: Fields;
  private readonly prepared: string;

  constructor(
    private readonly frames: Frames,
    private readonly id: string,
    private readonly index: number,
  ) {
    this.place = { item_id: id, output_index: index, summary_index: 0 };
    this.prepared = frames.prepare('response.reasoning_summary_text.delta', this.place);
  }

  begin(): string {
    const item = { id: this.id, type: 'reasoning', status: 'in_progress', summary: [] };
    return this.frames.event('response.output_item.added', { output_index: this.index, item });
  }

  delta(text: string): string {
    const part = { type: 'summary_text', text: '' };
    const first =
      this.text === ''
        ? this.frames.event('response.reasoning_summary_part.added', { ...this.place, part })
        : '';
    this.text += text;
    return first + this.frames.delta(this.prepared, text);
  }

  end(encrypted: string | undefined): { readonly text: string; readonly item: Fields } {
    const { text } = this;
    const part = { type: 'summary_text', text };
    const summed =
      text === ''
        ? ''
        : this.frames.event('response.reasoning_summary_text.done', { ...this.place, text }) +
          this.frames.event('response.reasoning_summary_part.done', { ...this.place, part });
    const item = {
      id: this.id,
      type: 'reasoning',
      status: 'completed',
      summary: text === '' ? [] : [part],
      ...(encrypted !== undefined && { encrypted_content: encrypted }),
    };
    return {
      text: summed + this.frames.event('response.output_item.done', { output_index: this.index, item }),
      item,
    };
  }
}
