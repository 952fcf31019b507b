import { CODECS } from '../../adapters/codecs.js';
import { KeywheelError } from '../../../kernel/errors.js';
import { Gathering } from '../../conversation/gather.js';
import type { Fault, Reply } from '../../conversation/reply.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import { scatter } from '../../conversation/scatter.js';
import type { ReplySink } from '../generation/reply-sink.js';
import { transcriptOf, usageFields } from './transcript.js';

/** Writes a transcript as OpenAI streams it. https://platform.openai.com/docs/api-reference/audio/transcript-text-delta-event */
export class TranscriptSink implements ReplySink {
  private text = '';
  private readonly gathering = new Gathering();
  private readonly shown = new Set<number>();

  constructor(private readonly requestId: string) {}

  add(event: ReplyEvent): boolean {
    this.gathering.add(event);
    if (event.type === 'open' && event.candidate === 0 && event.kind === 'text') this.shown.add(event.part);
    if (event.type === 'delta' && event.candidate === 0 && this.shown.has(event.part)) this.delta(event.text);
    if (event.type === 'fault') this.fault(event.fault);
    if (event.type === 'end') this.done();
    return true;
  }

  addWhole(reply: Reply): void {
    for (const event of scatter(reply)) this.add(event);
  }

  /** All has been said by the events themselves. */
  flush(): void {
    this.shown.clear();
  }

  take(): Buffer {
    const bytes = Buffer.from(this.text);
    this.text = '';
    return bytes;
  }

  private delta(text: string): void {
    if (text !== '') this.write({ type: 'transcript.text.delta', delta: text });
  }

  private done(): void {
    const { reply } = this.gathering;
    try {
      const text = transcriptOf(reply);
      const usage = reply.usage && { usage: usageFields(reply.usage) };
      this.write({ type: 'transcript.text.done', text, ...usage });
    } catch (error) {
      if (!(error instanceof KeywheelError)) throw error;
      this.fault({ status: error.status, message: error.message, code: error.code });
    }
  }

  private fault(fault: Fault): void {
    this.write(CODECS.chat.writeFault(fault, this.requestId));
  }

  private write(event: object): void {
    this.text += `data: ${JSON.stringify(event)}\n\n`;
  }
}
