import type { KeywheelError } from '../kernel/errors.js';
import { parseJson } from '../kernel/judging.js';
import type { Verdict } from '../kernel/verdict.js';
import type { Letters } from '../proxy/wire/letters.js';
import type { Adapter, WholeFacts } from './adapters/adapter.js';
import type { AnswerListener } from './answer-listener.js';
import { EMPTY, emptyAnswer, UNREADABLE, unreadableAnswer } from './empty-answer.js';
import { TAIL_BYTES, TextWatch } from './text-watch.js';

const NOTHING = Buffer.alloc(0);
const CLOSING = '}'.charCodeAt(0);
const BLANK = ' '.charCodeAt(0);
const COLON = ':'.charCodeAt(0);
const QUOTE = '"'.charCodeAt(0);

/**
 * Watches an answer of a model in one piece: one that is held whole and says nothing, or is cut off, is none. What is
 * longer has said something.
 */
export class AnswerWatch extends TextWatch {
  override failure: Verdict | undefined = undefined;
  error: KeywheelError | undefined;
  private passed = 0;

  constructor(
    adapter: Adapter,
    private readonly facts: WholeFacts | undefined,
    private readonly listener: AnswerListener | undefined,
  ) {
    super(adapter);
  }

  override pass(chunk: Buffer, letters: Letters): Buffer {
    // Of a long answer this is the beginning, which is gone at the end.
    if (this.passed === 0) this.listener?.(letters.of(chunk));
    this.passed += chunk.length;
    return super.pass(chunk, letters);
  }

  flush(): Buffer {
    const bytes = this.tail();
    const { facts } = this;
    if (facts && this.passed < TAIL_BYTES && !(closes(bytes) && this.tellsEnd(facts.endField)))
      this.judge(bytes, facts);
    if (!this.failure && bytes.length > 0) this.listener?.(bytes.toString('latin1'));
    return NOTHING;
  }

  /** Whether the answer says why it ended, as nearly every one does. */
  private tellsEnd(field: string): boolean {
    return hasWord(this.end(), field) || hasWord(this.fromLast(field), field);
  }

  private judge(bytes: Buffer, facts: WholeFacts): void {
    const text = bytes.toString('utf8').trim();
    const answer = parseJson(text);
    if (answer === undefined) {
      // Anything but a broken object may be something that the client knows how to read.
      if (text !== '' && !text.startsWith('{')) return;
      this.failure = text === '' ? EMPTY : UNREADABLE;
      this.error = text === '' ? emptyAnswer() : unreadableAnswer();
    } else if (facts.saysNothing(answer)) {
      this.failure = EMPTY;
      this.error = emptyAnswer();
    } else {
      // Some say with status 200 that they failed.
      this.failure = this.adapter.judgeEvent(text, Date.now());
    }
  }
}

/** Whether an object may end here. */
function closes(bytes: Buffer): boolean {
  let last = bytes.length - 1;
  while (last >= 0 && bytes[last]! <= BLANK) last--;
  return bytes[last] === CLOSING;
}

/** Whether the last field of that name, in its quotes, is a text that is not empty. */
function hasWord(text: string, field: string): boolean {
  const found = text.lastIndexOf(field);
  if (found === -1) return false;
  const colon = pastBlanks(text, found + field.length);
  if (text.charCodeAt(colon) !== COLON) return false;
  const value = pastBlanks(text, colon + 1);
  return text.charCodeAt(value) === QUOTE && text.charCodeAt(value + 1) !== QUOTE;
}

function pastBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= BLANK) at++;
  return at;
}
