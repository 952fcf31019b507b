import type { Fields } from '../../conversation/dialect.js';
import type { Frames } from './frames.js';

/** A call of a tool while it is written. */
export class CallItem {
  private text = '';
  private readonly place: Fields;
  private readonly kind: string;
  private readonly prepared: string;

  constructor(
    private readonly frames: Frames,
    private readonly id: string,
    private readonly index: number,
    private readonly call: { readonly id: string; readonly name: string; readonly freeform: boolean },
  ) {
    this.place = { item_id: id, output_index: index };
    this.kind = call.freeform ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
    this.prepared = frames.prepare(`${this.kind}.delta`, this.place);
  }

  begin(): string {
    const item = this.item('in_progress');
    return this.frames.event('response.output_item.added', { output_index: this.index, item });
  }

  delta(text: string): string {
    this.text += text;
    return this.frames.delta(this.prepared, text);
  }

  /** A call without arguments has an object all the same. */
  end(): { readonly text: string; readonly item: Fields } {
    const { freeform, name } = this.call;
    const empty = this.text === '' && !freeform ? this.delta('{}') : '';
    const told = freeform ? { input: this.text } : { name, arguments: this.text };
    const item = this.item('completed');
    const text =
      empty +
      this.frames.event(`${this.kind}.done`, { ...this.place, ...told }) +
      this.frames.event('response.output_item.done', { output_index: this.index, item });
    return { text, item };
  }

  private item(status: string): Fields {
    const { id, name, freeform } = this.call;
    const type = freeform ? 'custom_tool_call' : 'function_call';
    const input = freeform ? { input: this.text } : { arguments: this.text };
    return { id: this.id, type, status, call_id: id, name, ...input };
  }
}
