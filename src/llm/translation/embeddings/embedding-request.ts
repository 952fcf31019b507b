/** Texts to be embedded, whatever the protocol they were asked in. */
export interface EmbeddingRequest {
  /** At least one, in the caller's order. */
  readonly texts: readonly string[];
  readonly dimensions?: number;
  /** The caller wants each vector as base64 of little-endian float32. */
  readonly base64: boolean;
  /** One text was asked for alone, and not as a list of one. */
  readonly single: boolean;
  /** Fields that only the caller's own protocol has. */
  readonly others: readonly string[];
}

/** What came of them. */
export interface Embeddings {
  /** In the order of the texts. */
  readonly vectors: readonly (readonly number[])[];
  /** Tokens of all texts; undefined where the provider does not tell. */
  readonly tokens: number | undefined;
}
