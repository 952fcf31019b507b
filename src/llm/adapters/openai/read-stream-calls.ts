import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import { missingCallId } from './call-ids.js';
import { JsonEnd } from './json-end.js';
import { argumentText } from './read-response.js';
import { readGoogleSignature } from './reasoning.js';

interface OpenCall {
  readonly id: string;
  readonly position: number;
  part: number | undefined;
  name: string;
  freeform: boolean;
  /** Arguments that came before the name. */
  early: string;
  readonly json: JsonEnd;
  closed: boolean;
}

/** More calls than any answer has; a list that grows without end is cut. */
const MOST = 1024;

/**
 * The calls of one candidate. OpenAI sends them one after the other: id and name first, then arguments in pieces,
 * all under their index. Others interleave them, send each whole, give none an id or all the same index.
 */
export class StreamedCalls {
  private readonly byIndex = new Map<number, OpenCall>();
  private readonly all: OpenCall[] = [];

  /** @param nextPart gives the number of a new part */
  constructor(
    private readonly replyId: string,
    private readonly candidate: number,
    private readonly nextPart: () => number,
  ) {}

  get any(): boolean {
    return this.all.length > 0;
  }

  read(delta: Fields, out: ReplyEvent[]): void {
    const custom = isFields(delta.custom) ? delta.custom : undefined;
    const called = custom ?? (isFields(delta.function) ? delta.function : {});
    const name = typeof called.name === 'string' ? called.name : '';
    const id = typeof delta.id === 'string' ? delta.id : '';
    const call = this.find(delta.index, id, name, out);
    if (!call) return;
    if (custom) call.freeform = true;
    if (call.name === '') call.name = name;
    const text = argumentText(custom ? custom.input : called.arguments);
    this.extend(call, text, out);
    const signature = readGoogleSignature(delta);
    if (!signature || call.closed) return;
    this.open(call, out);
    out.push({ type: 'signature', candidate: this.candidate, part: call.part!, signature });
  }

  closeAll(out: ReplyEvent[]): void {
    for (const call of this.all) this.close(call, out);
  }

  /** The call that a delta is about; a new id under a known index is a new call. */
  private find(index: unknown, id: string, name: string, out: ReplyEvent[]): OpenCall | undefined {
    const place = typeof index === 'number' ? index : name === '' ? this.all.length - 1 : this.all.length;
    const known = this.byIndex.get(place);
    if (known && isSame(known, id, name)) return known;
    if (this.all.length >= MOST) return undefined;
    this.closeWhole(out);
    const position = this.all.length;
    const call: OpenCall = {
      id: id === '' ? missingCallId(this.replyId, this.candidate, position, name) : id,
      position,
      part: undefined,
      name,
      freeform: false,
      early: '',
      json: new JsonEnd(),
      closed: false,
    };
    this.byIndex.set(place, call);
    this.all.push(call);
    return call;
  }

  /** What is complete needs not be held open for those that interleave. */
  private closeWhole(out: ReplyEvent[]): void {
    for (const call of this.all) if (call.json.whole && !call.freeform) this.close(call, out);
  }

  private extend(call: OpenCall, text: string, out: ReplyEvent[]): void {
    if (call.closed) return;
    if (call.name === '') {
      call.early += text;
      return;
    }
    this.open(call, out);
    if (text === '') return;
    if (!call.freeform) call.json.add(text);
    out.push({ type: 'delta', candidate: this.candidate, part: call.part!, text });
  }

  private open(call: OpenCall, out: ReplyEvent[]): void {
    if (call.part !== undefined) return;
    const { candidate } = this;
    call.part = this.nextPart();
    const { part, id, name, freeform, early } = call;
    out.push({ type: 'open', candidate, part, kind: 'call', id, name, ...(freeform && { freeform }) });
    if (early === '') return;
    call.early = '';
    call.json.add(early);
    out.push({ type: 'delta', candidate, part, text: early });
  }

  private close(call: OpenCall, out: ReplyEvent[]): void {
    if (call.closed) return;
    this.open(call, out);
    call.closed = true;
    out.push({ type: 'close', candidate: this.candidate, part: call.part! });
  }
}

/** More of a call has no name, or its own id; a name after whole arguments begins another one. */
function isSame(known: OpenCall, id: string, name: string): boolean {
  if (name === '' || id === known.id) return true;
  return id === '' && !known.json.whole;
}
