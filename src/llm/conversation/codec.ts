import type { StreamEvent } from '../adapters/adapter.js';
import type { Conversation } from './conversation.js';
import type { Dialect, Fields } from './dialect.js';
import type { Notes } from './notes.js';
import type { MediaPart } from './parts.js';
import type { ReplyEvent } from './reply-events.js';
import type { Fault, Reply } from './reply.js';

/** Facts of a request that stand outside of its body. */
export interface RequestFacts {
  /** From the path, where the dialect names it there. */
  readonly model: string | undefined;
  /** By the path's operation, where the dialect says it there. */
  readonly stream: boolean;
}

/** For whom a conversation is written. */
export interface WriteContext {
  /** The upstream's name of the model. */
  readonly model: string;
  /** Name of the upstream's preset, whose quirks the writer may know (`max_tokens` for those who know no other). */
  readonly preset: string;
  /** What gets lost is noted here. */
  readonly notes: Notes;
}

/** A request as it goes out. */
export interface WrittenRequest {
  /** As the dialect writes it, version segment and query included: `/v1/messages`. */
  readonly path: string;
  readonly body: Fields;
  /** Beyond content-type, lower case: `anthropic-beta`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** To whom an answer is written. */
export interface ReplyContext {
  readonly requestId: string;
  /** What was asked; its model is the one that the caller named. */
  readonly conversation: Conversation;
  /** Epoch seconds, for dialects that tell when an answer was made where the upstream did not. */
  readonly created?: number;
}

/** Takes a stream apart. Never throws for what an upstream sent: what cannot be read is a `fault` event. */
export interface StreamReader {
  /** News in one server-sent event; often none or one. */
  read(event: StreamEvent): readonly ReplyEvent[];
}

/** Writes a stream. Each call returns what is to be sent now, possibly nothing, as text of server-sent events. */
export interface StreamWriter {
  write(event: ReplyEvent): string;
}

/** How one dialect reads and writes conversations. One for each dialect, see `adapters/codecs.ts`. */
export interface Codec {
  readonly dialect: Dialect;
  /** @throws KeywheelError bad_body where the body breaks the dialect's rules */
  readRequest(body: Fields, facts: RequestFacts): Conversation;
  /** @throws KeywheelError untranslatable where the dialect cannot express what was asked */
  writeRequest(conversation: Conversation, context: WriteContext): WrittenRequest;
  /** Whether a part with a URL has to hold the bytes themselves before `writeRequest`, since this upstream fetches none. */
  mustFetch?(part: MediaPart, model: string): boolean;
  /** @throws Error where the upstream's answer breaks the dialect's rules */
  readReply(body: Fields): Reply;
  writeReply(reply: Reply, context: ReplyContext): Fields;
  readStream(): StreamReader;
  writeStream(context: ReplyContext): StreamWriter;
  /** @param body of an answer with an error's status; may be anything, or empty */
  readFault(status: number, body: string): Fault;
  /** The fault in the dialect's envelope. */
  writeFault(fault: Fault, requestId: string): Fields;
}
