import type { ReplyContext, StreamWriter } from '../../conversation/codec.js';
import type { Fields } from '../../conversation/dialect.js';
import { InTurn } from '../../conversation/in-turn.js';
import type { Finish, TokenCounts } from '../../conversation/reply.js';
import type { FaultEvent, ReplyEvent } from '../../conversation/reply-events.js';
import { writeFinish } from './finish.js';
import { Frames } from './frames.js';
import { responseId } from './ids.js';
import { OutputWriter } from './output-writer.js';
import { echo, headOf } from './response-head.js';
import { writeCounts } from './usage.js';

/** https://platform.openai.com/docs/api-reference/responses-streaming */
export function writeStream(context: ReplyContext): StreamWriter {
  return new ResponseWriter(context);
}

/** Writes a response event by event; `response` is what it has come to. */
export class ResponseWriter implements StreamWriter {
  /** The whole, once it has ended. */
  response: Fields | undefined;
  private readonly inTurn = new InTurn();
  private readonly frames = new Frames();
  private readonly repeated: Fields;
  private head: Fields | undefined;
  private output: OutputWriter | undefined;
  private usage: Partial<TokenCounts> | undefined;
  private side: Fields = {};
  private finish: Finish = { reason: 'other' };
  private over = false;

  constructor(private readonly context: ReplyContext) {
    this.repeated = echo(context.conversation);
  }

  write(event: ReplyEvent): string {
    // A client of this dialect cannot ask for more than one candidate.
    if (this.over || ('candidate' in event && (event.candidate ?? 0) > 0)) return '';
    let text = '';
    for (const next of this.inTurn.next(event)) text += this.next(next);
    return text;
  }

  private next(event: ReplyEvent): string {
    switch (event.type) {
      case 'start':
        return this.begin(event);
      case 'usage':
        this.usage = { ...this.usage, ...event.usage };
        return '';
      case 'extras':
        if (event.candidate === undefined) this.side = { ...this.side, ...event.extras.responses };
        return '';
      case 'logprobs':
        this.begun().addLogprobs(event.tokens);
        return '';
      case 'finish':
        this.finish = event.finish;
        return '';
      case 'fault':
        return this.fault(event);
      case 'end':
        return this.end();
      default:
        return this.begun().write(event);
    }
  }

  private begin(start: { readonly id: string; readonly model: string; readonly created?: number }): string {
    if (this.head) return '';
    const id = responseId(start.id, this.context.requestId);
    this.head = headOf({ ...start, id }, this.context);
    this.output = new OutputWriter(this.frames, id);
    const response = this.whole({ status: 'in_progress', incomplete_details: null, error: null }, null);
    return (
      this.frames.event('response.created', { response }) +
      this.frames.event('response.in_progress', { response })
    );
  }

  private begun(): OutputWriter {
    if (!this.output) this.begin({ id: '', model: '' });
    return this.output!;
  }

  private end(): string {
    const output = this.begun();
    this.over = true;
    const { status, ...why } = writeFinish(this.finish, output.kinds);
    const last = output.end(status === 'completed' ? 'completed' : 'incomplete');
    this.response = this.whole({ status, ...why }, this.usage ? writeCounts(this.usage) : null);
    return last + this.frames.event(`response.${status}`, { response: this.response });
  }

  private whole(ending: Fields, usage: Fields | null): Fields {
    const output = this.output?.items ?? [];
    return { ...this.head, ...ending, ...this.repeated, ...this.side, output: [...output], usage };
  }

  private fault({ fault }: FaultEvent): string {
    this.over = true;
    const { message, code, param } = fault;
    return this.frames.event('error', {
      code: code ?? 'upstream_error',
      message,
      param: param ?? null,
      request_id: this.context.requestId,
    });
  }
}
