import type { StreamReader } from '../../conversation/codec.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import type { StreamEvent } from '../adapter.js';
import { readSources } from './citations.js';
import { readStreamFault } from './errors.js';
import { replyExtras } from './read-response.js';
import { StreamedChoice } from './read-stream-choice.js';
import { predictionsIn, readCounts } from './usage.js';

/** OpenAI takes no more for `n`. */
const MOST_CANDIDATES = 128;
const NOTHING: readonly ReplyEvent[] = [];

/** https://platform.openai.com/docs/api-reference/chat-streaming */
export function readStream(): StreamReader {
  return new ChatStreamReader();
}

class ChatStreamReader implements StreamReader {
  private id: string | undefined;
  private over = false;
  private sources = false;
  private fingerprint: unknown;
  private tier: unknown;
  private readonly choices = new Map<number, StreamedChoice>();

  read({ data }: StreamEvent): readonly ReplyEvent[] {
    if (this.over) return NOTHING;
    if (data === '[DONE]') return this.end();
    const out: ReplyEvent[] = [];
    try {
      const chunk: unknown = JSON.parse(data);
      if (!isFields(chunk)) throw new Error('an event is no object');
      if (isFault(chunk)) {
        this.over = true;
        return [{ type: 'fault', fault: readStreamFault(chunk) }];
      }
      this.readChunk(chunk, out);
    } catch (error) {
      this.over = true;
      const message = error instanceof SyntaxError ? 'an event is no JSON' : (error as Error).message;
      out.push({
        type: 'fault',
        fault: { status: 502, message: `The upstream's stream broke: ${message}.` },
      });
    }
    return out;
  }

  private readChunk(chunk: Fields, out: ReplyEvent[]): void {
    const choices = Array.isArray(chunk.choices) ? (chunk.choices as unknown[]) : [];
    if (this.id === undefined) this.start(chunk, choices.length, out);
    for (const choice of choices) if (isFields(choice)) this.choice(choice.index).read(choice, out);
    // Groq has the counts elsewhere: https://console.groq.com/docs/api-reference
    const usage = chunk.usage ?? (isFields(chunk.x_groq) ? chunk.x_groq.usage : undefined);
    if (isFields(usage)) out.push({ type: 'usage', usage: readCounts(usage) });
    this.tellExtras(chunk, isFields(usage) ? usage : undefined, out);
    if (!this.sources && chunk.citations) this.cite(chunk.citations, out);
  }

  /** Azure's first chunk says what its filter thinks of the prompt, and has no id yet. */
  private start(chunk: Fields, choices: number, out: ReplyEvent[]): void {
    const id = typeof chunk.id === 'string' ? chunk.id : '';
    if (id === '' && choices === 0) return;
    this.id = id;
    const model = typeof chunk.model === 'string' ? chunk.model : '';
    const created = typeof chunk.created === 'number' ? { created: chunk.created } : {};
    out.push({ type: 'start', id, model, ...created });
  }

  private choice(index: unknown): StreamedChoice {
    const candidate = typeof index === 'number' ? index : 0;
    let choice = this.choices.get(candidate);
    if (choice) return choice;
    if (!Number.isInteger(candidate) || candidate < 0 || candidate >= MOST_CANDIDATES) {
      throw new Error('a choice has no proper index');
    }
    this.choices.set(candidate, (choice = new StreamedChoice(this.id ?? '', candidate)));
    return choice;
  }

  /** Said in every chunk, and told once. */
  private tellExtras(chunk: Fields, usage: Fields | undefined, out: ReplyEvent[]): void {
    const { system_fingerprint: fingerprint, service_tier: tier } = chunk;
    const known = fingerprint === this.fingerprint && tier === this.tier;
    if (known && !(usage && predictionsIn(usage))) return;
    this.fingerprint = fingerprint;
    this.tier = tier;
    const chat = replyExtras(chunk, usage);
    if (chat) out.push({ type: 'extras', extras: { chat } });
  }

  /** Perplexity repeats its list in every chunk. */
  private cite(urls: unknown, out: ReplyEvent[]): void {
    const choice = this.choices.get(0);
    if (!choice) return;
    this.sources = true;
    for (const citation of readSources(urls)) choice.cite(citation, out);
  }

  private end(): readonly ReplyEvent[] {
    this.over = true;
    const out: ReplyEvent[] = [];
    for (const choice of this.choices.values()) choice.finish(out);
    out.push({ type: 'end' });
    return out;
  }
}

/** Some send `"error": null` with every chunk. */
function isFault(chunk: Fields): boolean {
  return (chunk.error !== undefined && chunk.error !== null) || (chunk.object === 'error' && !chunk.choices);
}
