import type { Fields } from '../../conversation/dialect.js';
import { fieldsOf, isFields, textOf } from '../../conversation/fields.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import { readCitation } from './citations.js';
import { callHead, readBlock, readSignature } from './read-blocks.js';

/** Characters that a provider's own call may have as input before the stream counts as broken. */
const LONGEST_INPUT = 4 * 1024 * 1024;

const NOTHING: readonly ReplyEvent[] = [];

interface OpenBlock {
  readonly part: number;
  readonly kind: 'text' | 'thought' | 'call' | 'kept';
  /** Of a call: whether its input has come. */
  told: boolean;
  /** Of a block that no event can tell in pieces: the block so far, and its input's text. */
  block: Fields;
  input: string;
}

/** The blocks of a message that have begun, by their index, and the parts that they are. */
export class OpenBlocks {
  private readonly open = new Map<number, OpenBlock>();
  private parts = 0;

  /** @throws KeywheelError bad_body where the event breaks the protocol */
  start({ index, content_block: value }: Fields): readonly ReplyEvent[] {
    const block = fieldsOf(value, 'content_block');
    textOf(block.type, 'content_block.type');
    const key = indexOf(index);
    if (this.open.has(key)) throw new Error(`Block ${key} has begun twice.`);
    switch (block.type) {
      case 'text':
        return this.startText(key, block);
      case 'thinking':
        return this.startThought(key, block);
      case 'tool_use':
        return this.startCall(key, block);
      default:
        this.begin(key, 'kept', block);
        return NOTHING;
    }
  }

  delta({ index, delta: value }: Fields): readonly ReplyEvent[] {
    const found = this.open.get(indexOf(index));
    if (!found || !isFields(value)) throw new Error('A delta of no block.');
    const { part } = found;
    switch (value.type) {
      case 'text_delta':
        return deltaOf(part, value.text);
      case 'thinking_delta':
        return deltaOf(part, value.thinking);
      case 'input_json_delta':
        return this.inputDelta(found, value.partial_json);
      case 'signature_delta':
        return signatureOf(part, value.signature);
      case 'citations_delta': {
        const citation = readCitation(value.citation);
        return citation ? [{ type: 'citation', candidate: 0, part, citation }] : NOTHING;
      }
      default:
        if (found.kind === 'kept') found.block = withDelta(found.block, value);
        return NOTHING;
    }
  }

  stop({ index }: Fields): readonly ReplyEvent[] {
    const key = indexOf(index);
    const found = this.open.get(key);
    if (!found) throw new Error(`Block ${key} ends and has not begun.`);
    this.open.delete(key);
    return close(found);
  }

  /** Closes what the upstream has left open. */
  closeAll(): readonly ReplyEvent[] {
    if (this.open.size === 0) return NOTHING;
    const events = [...this.open.values()].flatMap(close);
    this.open.clear();
    return events;
  }

  /** A block that is there at once. */
  whole(block: unknown): readonly ReplyEvent[] {
    return readBlock(block, 'upstream', 'content').map((value) => ({
      type: 'whole',
      candidate: 0,
      part: this.parts++,
      value,
    }));
  }

  private begin(key: number, kind: OpenBlock['kind'], block: Fields): OpenBlock {
    const begun = { part: this.parts++, kind, told: false, block, input: '' };
    this.open.set(key, begun);
    return begun;
  }

  private startText(key: number, block: Fields): readonly ReplyEvent[] {
    const { part } = this.begin(key, 'text', block);
    return [{ type: 'open', candidate: 0, part, kind: 'text' }, ...deltaOf(part, block.text)];
  }

  private startThought(key: number, block: Fields): readonly ReplyEvent[] {
    const { part } = this.begin(key, 'thought', block);
    return [
      { type: 'open', candidate: 0, part, kind: 'thought' },
      ...deltaOf(part, block.thinking),
      ...signatureOf(part, block.signature),
    ];
  }

  private startCall(key: number, block: Fields): readonly ReplyEvent[] {
    const { id, name, extras } = callHead(block, 'content_block');
    // Events have no place for what is special about a call, so such a one waits until it is whole.
    const begun = this.begin(key, extras ? 'kept' : 'call', block);
    if (extras) return NOTHING;
    const { part } = begun;
    const input = isFields(block.input) && Object.keys(block.input).length > 0 ? block.input : undefined;
    begun.told = input !== undefined;
    return [
      { type: 'open', candidate: 0, part, kind: 'call', id, name },
      ...(input ? deltaOf(part, JSON.stringify(input)) : NOTHING),
    ];
  }

  private inputDelta(found: OpenBlock, text: unknown): readonly ReplyEvent[] {
    if (typeof text !== 'string' || text === '') return NOTHING;
    if (found.kind === 'call') {
      found.told = true;
      return deltaOf(found.part, text);
    }
    if (found.input.length + text.length > LONGEST_INPUT) throw new Error('The input of a call is too long.');
    found.input += text;
    return NOTHING;
  }
}

function close({ part, kind, told, block, input }: OpenBlock): readonly ReplyEvent[] {
  if (kind === 'kept') {
    const whole = input === '' ? block : { ...block, input: parsePrecise(input) };
    const [value] = readBlock(whole, 'upstream', 'content_block');
    return value ? [{ type: 'whole', candidate: 0, part, value }] : NOTHING;
  }
  const end: ReplyEvent = { type: 'close', candidate: 0, part };
  return kind === 'call' && !told ? [{ type: 'delta', candidate: 0, part, text: '{}' }, end] : [end];
}

function deltaOf(part: number, text: unknown): readonly ReplyEvent[] {
  if (typeof text !== 'string' || text === '') return NOTHING;
  return [{ type: 'delta', candidate: 0, part, text }];
}

function signatureOf(part: number, signature: unknown): readonly ReplyEvent[] {
  if (typeof signature !== 'string' || signature === '') return NOTHING;
  return [{ type: 'signature', candidate: 0, part, signature: readSignature(signature, 'upstream') }];
}

/** A delta of a kind that is not known here: its fields become the block's. */
function withDelta(block: Fields, { type: _type, ...fields }: Fields): Fields {
  return { ...block, ...fields };
}

function indexOf(index: unknown): number {
  if (typeof index === 'number' && Number.isInteger(index) && index >= 0) return index;
  throw new Error('An event names no block.');
}
