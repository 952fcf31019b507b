import type { StreamReader } from '../../conversation/codec.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import type { Fault } from '../../conversation/reply.js';
import type { StreamEvent } from '../adapter.js';
import { CallIds, scopeOf } from './call-ids.js';
import { faultOf } from './fault.js';
import { readBlock } from './finish.js';
import { camelFields } from './proto.js';
import { createdOf, extrasOf, usageOf } from './read-response.js';
import { StreamedCandidate } from './streamed-candidate.js';

/** More answers than Gemini gives to one request. */
const MOST_CANDIDATES = 64;

/**
 * Each event is a GenerateContentResponse with what is new; there is no event for the end: a candidate ends with
 * its finish reason. https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export class GeminiStreamReader implements StreamReader {
  private started = false;
  private ended = false;
  private broken = false;
  private ids = new CallIds('x');
  private readonly candidates = new Map<number, StreamedCandidate>();

  read({ data }: StreamEvent): readonly ReplyEvent[] {
    if (this.broken || data === '') return [];
    const events: ReplyEvent[] = [];
    try {
      this.take(data, events);
    } catch {
      this.fail({ status: 502, message: 'The upstream sent an event that cannot be read.' }, events);
    }
    return events;
  }

  private take(data: string, events: ReplyEvent[]): void {
    const parsed = parsePrecise(data);
    const event = Array.isArray(parsed) ? (parsed as unknown[])[0] : parsed;
    if (!isFields(event)) throw new Error('An event must be an object.');
    if (isFields(event.error)) return this.fail(streamFault(event), events);
    const response = camelFields(event);
    if (!this.started) this.start(response, events);
    const { candidates } = response;
    if (Array.isArray(candidates)) for (const one of candidates as unknown[]) this.takeCandidate(one, events);
    this.takeBlock(response, events);
    const extras = extrasOf(response);
    if (extras && this.isNews(extras.gemini!)) events.push({ type: 'extras', extras });
    const usage = usageOf(response);
    if (usage) events.push({ type: 'usage', usage });
    this.finish(events);
  }

  private start(response: Fields, events: ReplyEvent[]): void {
    const { responseId, modelVersion } = response;
    const id = typeof responseId === 'string' ? responseId : '';
    const created = createdOf(response);
    this.started = true;
    this.ids = new CallIds(scopeOf(id));
    const model = typeof modelVersion === 'string' ? modelVersion : '';
    events.push({ type: 'start', id, model, ...(created !== undefined && { created }) });
  }

  private takeCandidate(value: unknown, events: ReplyEvent[]): void {
    if (!isFields(value)) throw new Error('A candidate must be an object.');
    const candidate = camelFields(value);
    const index = typeof candidate.index === 'number' ? candidate.index : 0;
    let found = this.candidates.get(index);
    if (!found) {
      if (this.candidates.size >= MOST_CANDIDATES) throw new Error('Too many candidates.');
      this.candidates.set(index, (found = new StreamedCandidate(index, this.ids)));
    }
    found.take(candidate, events);
  }

  /** A blocked prompt has no candidates; the callers of other dialects get one that says so. */
  private takeBlock({ promptFeedback }: Fields, events: ReplyEvent[]): void {
    if (this.candidates.size > 0) return;
    const finish = readBlock(promptFeedback);
    if (!finish) return;
    const blocked = new StreamedCandidate(0, this.ids);
    this.candidates.set(0, blocked);
    blocked.end(finish, events);
  }

  private finish(events: ReplyEvent[]): void {
    if (this.ended || this.candidates.size === 0) return;
    for (const { finished } of this.candidates.values()) if (!finished) return;
    this.ended = true;
    events.push({ type: 'end' });
  }

  private fail(fault: Fault, events: ReplyEvent[]): void {
    this.broken = true;
    events.push({ type: 'fault', fault });
  }

  private extrasSeen = '';

  /** Side fields of the whole answer stand in every event again. */
  private isNews(gemini: Fields): boolean {
    const seen = JSON.stringify(gemini);
    if (seen === this.extrasSeen) return false;
    this.extrasSeen = seen;
    return true;
  }
}

function streamFault(event: Fields): Fault {
  const { message, status, code } = faultOf(event);
  return {
    status: code >= 400 && code < 600 ? code : 502,
    message: message || 'The upstream told of a failure.',
    ...(status !== '' && { code: status }),
  };
}
