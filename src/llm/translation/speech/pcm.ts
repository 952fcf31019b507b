/** One channel of samples, 16 bits each, little-endian. */
export interface Pcm {
  readonly samples: Buffer;
  /** Samples a second. */
  readonly rate: number;
}
