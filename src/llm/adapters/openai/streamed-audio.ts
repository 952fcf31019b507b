import type { Fields } from '../../conversation/dialect.js';
import type { MediaPart } from '../../conversation/parts.js';
import { readSpokenAnswer } from './read-response.js';

/** Longer answers in sound than any model gives; in characters of base64. */
const LONGEST = 128 * 1024 * 1024;

/** A spoken answer that comes in pieces: of the sound, of its transcript, its id first and its expiry last. */
export class StreamedAudio {
  private readonly pieces: string[] = [];
  private length = 0;
  private transcript = '';
  private id: unknown;
  private expiry: unknown;

  /** False where it has grown beyond all measure. */
  add({ id, data, transcript, expires_at: expiry }: Fields): boolean {
    if (typeof id === 'string') this.id = id;
    if (typeof transcript === 'string') this.transcript += transcript;
    if (typeof expiry === 'number') this.expiry = expiry;
    if (typeof data === 'string') {
      this.length += data.length;
      this.pieces.push(data);
    }
    return this.length <= LONGEST;
  }

  get whole(): MediaPart {
    const { id, transcript, expiry } = this;
    const [part] = readSpokenAnswer({ id, transcript, expires_at: expiry, data: joinBase64(this.pieces) });
    return part!;
  }
}

/** Each piece may be padded by itself, and then cannot be strung together. */
function joinBase64(pieces: readonly string[]): string {
  const even = pieces.every(
    (piece, index) => index === pieces.length - 1 || (piece.length % 4 === 0 && !piece.endsWith('=')),
  );
  if (even) return pieces.join('');
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))).toString('base64');
}
