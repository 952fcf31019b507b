export interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** The connection bears no further call. */
  readonly closes: boolean;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = '0\r\n\r\n';

/** Tells where answers of HTTP/1.1 end, for one call at a time; as little as a load generator can do with. */
export class AnswerReader {
  private head: Buffer = Buffer.alloc(0);
  private answer: Answer | undefined;
  /** Bytes of the body that are still to come; undefined where it is chunked. */
  private left: number | undefined;
  private tail = '';

  private readonly onEnd: (answer: Answer) => void;

  // Assigned by hand: Node strips types and knows no parameter properties.
  constructor(onEnd: (answer: Answer) => void) {
    this.onEnd = onEnd;
  }

  read(chunk: Buffer): void {
    if (this.answer) return this.readBody(chunk);
    this.head = this.head.length === 0 ? chunk : Buffer.concat([this.head, chunk]);
    const end = this.head.indexOf(HEAD_END);
    if (end === -1) return;
    const head = this.head.toString('latin1', 0, end);
    const length = /^content-length: (\d+)/im.exec(head)?.[1];
    this.left = length === undefined ? undefined : Number(length);
    this.answer = {
      status: Number(head.slice(9, 12)),
      retryAfter: /^retry-after: (.*)$/im.exec(head)?.[1]?.trim(),
      closes: /^connection: close/im.test(head),
    };
    this.readBody(this.head.subarray(end + HEAD_END.length));
  }

  private readBody(chunk: Buffer): void {
    if (this.left === undefined) this.tail = (this.tail + chunk.toString('latin1')).slice(-LAST_CHUNK.length);
    else this.left -= chunk.length;
    const isOver = this.left === undefined ? this.tail === LAST_CHUNK : this.left <= 0;
    if (!isOver || !this.answer) return;
    const { answer } = this;
    this.head = Buffer.alloc(0);
    this.answer = undefined;
    this.tail = '';
    this.onEnd(answer);
  }
}
