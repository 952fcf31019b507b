import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { PassThrough, Readable } from 'node:stream';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decoderFor } from './decode.js';

const text = randomBytes(300_000).toString('hex');

async function decode(encoding: string, bytes: Buffer, size = 1_000): Promise<string> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const out: Buffer[] = [];
  const decoder = decoderFor(encoding);
  if (!decoder) throw new Error('no decoder');
  decoder.on('data', (chunk: Buffer) => out.push(chunk));
  await pipeline(Readable.from(pieces), decoder);
  return Buffer.concat(out).toString();
}

describe('decoderFor', () => {
  it.each([
    ['gzip', gzipSync(text)],
    [' GZIP ', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
  ])('undoes %s', async (encoding, bytes) => {
    expect(await decode(encoding, bytes)).toBe(text);
    expect(await decode(encoding, bytes, 1 << 20)).toBe(text);
  });

  it.each([undefined, '', 'identity', 'compress', 'gzip, br'])('has none for %s', (encoding) => {
    expect(decoderFor(encoding)).toBeUndefined();
  });

  it.each([
    ['gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
  ])('fails on a truncated %s', async (encoding, bytes) => {
    await expect(decode(encoding, bytes.subarray(0, bytes.length - 20))).rejects.toThrow();
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(20_000_000))],
    ['deflate', deflateSync(Buffer.alloc(20_000_000))],
  ])('holds a bomb of %s back while nobody reads', async (encoding, bytes) => {
    const decoder = decoderFor(encoding);
    const sink = new PassThrough();
    void pipeline(Readable.from([bytes]), decoder as NonNullable<typeof decoder>, sink).catch(
      () => undefined,
    );
    await once(sink, 'readable');
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(sink.readableLength + (decoder?.readableLength ?? 0)).toBeLessThan(1_000_000);
    sink.destroy();
  });
});
