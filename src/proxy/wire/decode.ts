import { Transform, type TransformCallback } from 'node:stream';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  type Inflate,
} from 'node:zlib';

/**
 * A stream that undoes a Content-Encoding, for upstreams that compress although they were asked not to: the
 * answer must be readable to be searched for the key. Undefined for none, `identity`, and what is not known
 * (several encodings on one another among them): such answers are passed on as they are.
 * A truncated or damaged answer is an error of the stream.
 */
export function decoderFor(contentEncoding: string | undefined): Transform | undefined {
  if (contentEncoding === undefined) return undefined;
  switch (contentEncoding.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return new AnyInflate();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      return undefined;
  }
}

/** `deflate` means zlib's format, but some servers send it bare; the first byte tells which. */
class AnyInflate extends Transform {
  private inner: Inflate | undefined;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (chunk.length === 0) return done();
    const inner = (this.inner ??= this.open(chunk));
    inner.write(chunk, () => done());
  }

  override _flush(done: TransformCallback): void {
    if (!this.inner) return done();
    this.inner.once('end', () => done());
    this.inner.end();
  }

  override _read(size: number): void {
    this.inner?.resume();
    super._read(size);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.inner?.destroy();
    done(error);
  }

  private open(first: Buffer): Inflate {
    const inner = ((first[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
    inner.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) inner.pause();
    });
    inner.on('error', (error) => this.destroy(error));
    return inner;
  }
}
