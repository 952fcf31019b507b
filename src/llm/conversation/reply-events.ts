import type { Extras, Fields } from './dialect.js';
import type { Citation, Part, Signature } from './parts.js';
import type { Fault, Finish, TokenCounts, TokenLogprob } from './reply.js';

/**
 * An answer while it comes. Order: one `start`; then for each part `open`, any number of `delta` and other news of
 * it, `close`; per candidate one `finish`; `usage` whenever counts are told (later ones override field by field);
 * one `end`, or one `fault`. `part` numbers the parts of a candidate from 0 and is never used twice.
 *
 * Parts of different candidates may interleave, and so may calls of one candidate, since OpenAI's do: a writer
 * whose dialect has one open part at a time passes events through `InTurn` (`in-turn.ts`) first.
 */
export type ReplyEvent =
  | StartEvent
  | OpenEvent
  | DeltaEvent
  | SignatureEvent
  | CitationEvent
  | CloseEvent
  | WholeEvent
  | LogprobsEvent
  | FinishEvent
  | UsageEvent
  | ExtrasEvent
  | FaultEvent
  | EndEvent;

export interface StartEvent {
  readonly type: 'start';
  readonly id: string;
  readonly model: string;
  /** Epoch seconds. */
  readonly created?: number;
}

/** A part that comes in pieces begins. */
export interface OpenEvent {
  readonly type: 'open';
  readonly candidate: number;
  readonly part: number;
  readonly kind: 'text' | 'thought' | 'call' | 'refusal';
  /** Of a call: its id and the tool's name, known from the start. */
  readonly id?: string;
  readonly name?: string;
  readonly freeform?: boolean;
}

/** More of its text; of a call, more of the JSON text of its arguments. */
export interface DeltaEvent {
  readonly type: 'delta';
  readonly candidate: number;
  readonly part: number;
  readonly text: string;
}

/** The signature of a part, whole; before its `close`. */
export interface SignatureEvent {
  readonly type: 'signature';
  readonly candidate: number;
  readonly part: number;
  readonly signature: Signature;
}

export interface CitationEvent {
  readonly type: 'citation';
  readonly candidate: number;
  readonly part: number;
  readonly citation: Citation;
}

export interface CloseEvent {
  readonly type: 'close';
  readonly candidate: number;
  readonly part: number;
}

/** A part that comes in one piece: media, redacted thoughts, native parts. It needs no `open` and no `close`. */
export interface WholeEvent {
  readonly type: 'whole';
  readonly candidate: number;
  readonly part: number;
  readonly value: Part;
}

export interface LogprobsEvent {
  readonly type: 'logprobs';
  readonly candidate: number;
  readonly tokens: readonly TokenLogprob[];
}

export interface FinishEvent {
  readonly type: 'finish';
  readonly candidate: number;
  readonly finish: Finish;
}

export interface UsageEvent {
  readonly type: 'usage';
  readonly usage: Partial<TokenCounts>;
}

/** Side fields: of a candidate, or, without one, of the whole answer. */
export interface ExtrasEvent {
  readonly type: 'extras';
  readonly candidate?: number;
  readonly extras: Extras;
}

/** The upstream told of a failure after the answer had begun. */
export interface FaultEvent {
  readonly type: 'fault';
  readonly fault: Fault;
  readonly details?: Fields;
}

/** The protocol's own end has been seen. */
export interface EndEvent {
  readonly type: 'end';
}
