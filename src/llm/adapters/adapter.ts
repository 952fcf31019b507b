import type { KeywheelError } from '../../kernel/errors.js';
import type { Judge, Verdict } from '../../kernel/verdict.js';
import type { Usage } from '../../proxy/call.js';
import type { LlmProtocol } from '../llm-path.js';
import type { ListedModel } from '../models/listed-model.js';

/** One event of a stream: its name where it has one, and its data. */
export interface StreamEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** What one event tells of the whole answer; absent means nothing. */
export interface EventFacts {
  /** Carries something of the answer, so the answer has begun. */
  readonly begins?: boolean;
  /** The protocol's own end; one that tells why begins the answer too. */
  readonly ends?: boolean;
  /** Counts so far; the later event overrides field by field. */
  readonly usage?: Partial<Usage>;
}

/** How to tell a whole answer of a model that says nothing from one that does. */
export interface WholeFacts {
  /** The field that tells why the answer ended, quoted: one with a text in it says something. */
  readonly endField: string;
  /** Neither content nor a reason why there is none; asked where the field does not tell. */
  saysNothing(answer: unknown): boolean;
}

/** By operation; those of which a model makes no answer are absent. */
export type WholeAnswers = Readonly<Record<string, WholeFacts>>;

/** Everything about one LLM wire protocol that the way of a call needs. One folder each, see `adapters.ts`. */
export interface Adapter {
  readonly protocol: LlmProtocol;
  readonly judge: Judge;
  /** What an event says where it is an error; undefined for any other. */
  judgeEvent(data: string, now: number): Verdict | undefined;
  /** What an event of an answer tells. */
  readEvent(event: StreamEvent): EventFacts;
  /** Whether an event, although it is one of an answer, still carries nothing of it; asked until it has begun. */
  isEmpty(event: StreamEvent): boolean;
  /**
   * By operation, words of which every event has one that tells counts or the end; an answer that has begun need not be
   * read but for them. Operations whose every event must be read are absent. A word begins with a letter that is rare
   * in answers, since it is found by that: `DONE]` in a tenth of the time of `_tokens"`.
   */
  readonly telling: Readonly<Record<string, readonly string[]>>;
  /** Whether the streams of this operation have an end of their own that must be seen. */
  hasEnd(operation: string): boolean;
  /** How the field with the counts begins, quoted; they stand at the end of an answer. */
  readonly usageField: string;
  /** Counts in an answer that is no stream, from its text or the last part of it. */
  readUsage(text: string): Usage | undefined;
  readonly wholeAnswers: WholeAnswers;
  /** Keywheel's own error in this protocol's envelope. */
  errorBody(error: KeywheelError, requestId: string): object;
  /** The event that tells of a break in the middle of a stream. */
  breakEvent(error: KeywheelError, requestId: string, operation: string): string;
  /** Models as this protocol lists them. */
  listModels(models: readonly ListedModel[], query: URLSearchParams): object;
  describeModel(model: ListedModel): object;
  /** Models that an upstream's own list names. */
  readModels(body: string): readonly ListedModel[];
}
