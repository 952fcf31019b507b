import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { Citation, Part, Signature } from '../../conversation/parts.js';
import type { OpenEvent, ReplyEvent } from '../../conversation/reply-events.js';
import { seal } from '../../conversation/signatures.js';
import { writeCitation } from './citations.js';
import { signatureBlock, thoughtBlock, writeReplyBlocks } from './reply-blocks.js';
import { eventText } from './sse-text.js';

type PartEvent = Extract<ReplyEvent, { readonly part: number }>;

interface OpenPart {
  readonly kind: OpenEvent['kind'];
  readonly id: string;
  /** Whether the block's beginning has been written: a text without words gets none. */
  begun: boolean;
  /** Whether anything of it was written. */
  told: boolean;
  /** Of a text or call: written in a block of its own, once this one is closed. */
  signature: Signature | undefined;
}

/** Writes the blocks of a message, one open at a time. */
export class BlockWriter {
  /** Blocks begun so far; the next one has this index. */
  count = 0;
  private open: OpenPart | undefined;

  write(event: PartEvent): string {
    switch (event.type) {
      case 'delta':
        return this.delta(event.text);
      case 'open':
        return this.closeOpen() + this.start(event);
      case 'close':
        return this.closeOpen();
      case 'signature':
        return this.sign(event.signature);
      case 'citation':
        return this.cite(event.citation);
      case 'whole':
        return this.closeOpen() + this.whole(event.value);
    }
  }

  closeOpen(): string {
    const { open } = this;
    if (!open) return '';
    this.open = undefined;
    // A call without arguments: an object all the same.
    const rest = open.kind === 'call' && !open.told ? this.inputDelta('{}') : '';
    const end = open.begun ? this.stop() : '';
    return rest + end + this.signatureBlock(open);
  }

  /** A text that is there at once. */
  text(words: string): string {
    return this.block({ type: 'text', text: '' }, [{ type: 'text_delta', text: words }]);
  }

  private start({ kind, id = '', name = '' }: OpenEvent): string {
    const begun = kind === 'call' || kind === 'thought';
    this.open = { kind, id, begun, told: false, signature: undefined };
    if (kind === 'call') return this.begin({ type: 'tool_use', id, name, input: {} });
    return kind === 'thought' ? this.begin({ type: 'thinking', thinking: '', signature: '' }) : '';
  }

  private delta(text: string): string {
    const { open } = this;
    if (!open || text === '') return '';
    open.told = true;
    if (open.kind === 'call') return this.inputDelta(text);
    if (open.kind === 'thought') return this.deltaText('thinking_delta', 'thinking', text);
    return this.beginText(open) + this.deltaText('text_delta', 'text', text);
  }

  private inputDelta(text: string): string {
    return this.deltaText('input_json_delta', 'partial_json', text);
  }

  /** By hand: most events of a stream are of this kind. */
  private deltaText(type: string, field: string, text: string): string {
    return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.count - 1},"delta":{"type":"${type}","${field}":${JSON.stringify(text)}}}\n\n`;
  }

  private beginText(open: OpenPart): string {
    if (open.begun) return '';
    open.begun = true;
    return this.begin({ type: 'text', text: '' });
  }

  private sign(signature: Signature): string {
    const { open } = this;
    if (!open) return '';
    if (open.kind === 'thought') {
      return this.deltaEvent({ type: 'signature_delta', signature: seal(signature, 'anthropic') });
    }
    open.signature = signature;
    return '';
  }

  private signatureBlock({ kind, id, begun, signature }: OpenPart): string {
    if (!signature || kind === 'thought') return '';
    const place = kind === 'call' ? { call: id } : begun ? 'last' : 'alone';
    return this.block(signatureBlock(place, signature), []);
  }

  private cite(citation: Citation): string {
    const written = this.open?.kind === 'text' ? writeCitation(citation) : undefined;
    if (!this.open || !written) return '';
    return this.beginText(this.open) + this.deltaEvent({ type: 'citations_delta', citation: written });
  }

  private whole(part: Part): string {
    if (part.kind === 'thought') return this.wholeThought(part);
    return writeReplyBlocks(part)
      .map((block) => this.wholeBlock(block))
      .join('');
  }

  private wholeThought(part: Part & { readonly kind: 'thought' }): string {
    const block = thoughtBlock(part);
    if (part.redacted) return this.block(block, []);
    return this.block({ ...block, thinking: '', signature: '' }, [
      ...(part.text === '' ? [] : [{ type: 'thinking_delta', thinking: part.text }]),
      ...(block.signature === '' ? [] : [{ type: 'signature_delta', signature: block.signature }]),
    ]);
  }

  /** As the API streams it: what can come in pieces does. */
  private wholeBlock(block: Fields): string {
    if (block.type === 'text') {
      const { citations, text, ...rest } = block;
      const cited = Array.isArray(citations) ? citations : [];
      return this.block({ ...rest, text: '' }, [
        { type: 'text_delta', text },
        ...cited.map((citation: unknown) => ({ type: 'citations_delta', citation })),
      ]);
    }
    if ((block.type === 'tool_use' || block.type === 'server_tool_use') && isFields(block.input)) {
      const json = JSON.stringify(block.input);
      return this.block({ ...block, input: {} }, [{ type: 'input_json_delta', partial_json: json }]);
    }
    return this.block(block, []);
  }

  private block(start: Fields, deltas: readonly Fields[]): string {
    return this.begin(start) + deltas.map((delta) => this.deltaEvent(delta)).join('') + this.stop();
  }

  private begin(block: Fields): string {
    const index = this.count++;
    return eventText('content_block_start', { type: 'content_block_start', index, content_block: block });
  }

  private deltaEvent(delta: Fields): string {
    return eventText('content_block_delta', { type: 'content_block_delta', index: this.count - 1, delta });
  }

  private stop(): string {
    return eventText('content_block_stop', { type: 'content_block_stop', index: this.count - 1 });
  }
}
