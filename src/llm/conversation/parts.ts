import type { Dialect, Extras } from './dialect.js';

/** A piece of a message or an answer. */
export type Part = TextPart | ThoughtPart | MediaPart | CallPart | ResultPart | RefusalPart | NativePart;

/**
 * A provider's proof of what its model has thought. It must come back with the part that it came with, to the
 * provider that made it; no other can read it. Through a client of another dialect it travels sealed, see
 * `signatures.ts`.
 */
export interface Signature {
  readonly origin: Dialect;
  readonly value: string;
}

/** From here back, the provider may keep what it has read (Anthropic's `cache_control`). */
export interface CacheMark {
  /** Seconds; absent: the provider's default. */
  readonly ttl?: number;
}

interface PartBase {
  readonly cache?: CacheMark;
  readonly signature?: Signature;
  readonly extras?: Extras;
}

export interface TextPart extends PartBase {
  readonly kind: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[];
}

/** What the model thought, or a summary of it. */
export interface ThoughtPart extends PartBase {
  readonly kind: 'thought';
  readonly text: string;
  /** The provider keeps the text to itself; the signature stands for it (`redacted_thinking`). */
  readonly redacted?: boolean;
}

export type MediaSource =
  | { readonly kind: 'base64'; readonly data: string }
  | { readonly kind: 'url'; readonly url: string }
  /** A file that lies at the provider of this dialect: its id, or its URI for Gemini. */
  | { readonly kind: 'file'; readonly origin: Dialect; readonly id: string }
  /** A document that is plain text. */
  | { readonly kind: 'text'; readonly text: string };

/** An image, sound, film or document. */
export interface MediaPart extends PartBase {
  readonly kind: 'media';
  readonly media: 'image' | 'audio' | 'video' | 'document';
  /** Such as `image/png`; absent where the caller did not say and the source does not tell. */
  readonly mime?: string;
  readonly source: MediaSource;
  /** How closely to look at an image. */
  readonly detail?: 'auto' | 'low' | 'high' | 'original';
  readonly name?: string;
  /** Of a spoken answer: what it says in words. */
  readonly transcript?: string;
}

/** The model calls a tool of the caller. */
export interface CallPart extends PartBase {
  readonly kind: 'call';
  /** Unique within the conversation; made by `callId` where the provider gives none. */
  readonly id: string;
  readonly name: string;
  /** A JSON object as text (or free text, for a tool whose input is `text`), exactly as the model wrote it. */
  readonly arguments: string;
  /** The tool takes free text, not JSON (OpenAI's `custom` tools). */
  readonly freeform?: boolean;
}

/** What came of a call. */
export interface ResultPart extends PartBase {
  readonly kind: 'result';
  readonly callId: string;
  /** Of the tool; absent where the dialect does not say: `conversation/called-tools.ts` finds it. */
  readonly name?: string;
  /** Texts and media. */
  readonly parts: readonly Part[];
  readonly isError?: boolean;
}

/** The model says that it will not answer. */
export interface RefusalPart extends PartBase {
  readonly kind: 'refusal';
  readonly text: string;
}

/**
 * Something that only one dialect knows (a search that the provider ran, code it executed), as it came. It goes
 * back to that dialect alone; for another one, its text, where it has any, stands beside it as parts of its own.
 */
export interface NativePart extends PartBase {
  readonly kind: 'native';
  readonly origin: Dialect;
  readonly value: unknown;
}

/** Where something in a text comes from. */
export interface Citation {
  readonly url?: string;
  readonly title?: string;
  readonly cited?: string;
  /** Characters (UTF-16) of the part's text that it is about, from inclusive, to exclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly extras?: Extras;
}
