import type { WasmMediaEncoder } from 'wasm-media-encoders';
import type { Pcm } from './pcm.js';

/** Speech of one channel sounds at this rate as it was made. In kbit/s. */
const BITRATE = 96;
/** Samples that are encoded in one turn of the event loop: some 4 ms of work. */
const PIECE = 6000;
const SAMPLE_BYTES = 2;
const FULL_SCALE = 32768;

type Encoder = WasmMediaEncoder<'audio/mpeg'>;

/** Encoders that can be used again: making one compiles LAME. */
const idle: Encoder[] = [];
const MOST_IDLE = 4;

/** PCM as MP3, encoded in small pieces, so that other calls go on meanwhile. */
export async function encodeMp3({ samples, rate }: Pcm): Promise<Buffer> {
  const encoder = idle.pop() ?? (await makeEncoder());
  encoder.configure({ sampleRate: rate, channels: 1, bitrate: BITRATE });
  const pieces: Buffer[] = [];
  const count = Math.floor(samples.length / SAMPLE_BYTES);
  for (let from = 0; from < count; from += PIECE) {
    // What the encoder returns is its own memory, used again by the next piece.
    pieces.push(Buffer.from(encoder.encode([floatsOf(samples, from, Math.min(from + PIECE, count))])));
    await turn();
  }
  pieces.push(Buffer.from(encoder.finalize()));
  if (idle.length < MOST_IDLE) idle.push(encoder);
  return Buffer.concat(pieces);
}

/** Samples between -1 and 1. */
function floatsOf(samples: Buffer, from: number, to: number): Float32Array {
  const floats = new Float32Array(to - from);
  for (let index = from; index < to; index++) {
    floats[index - from] = samples.readInt16LE(index * SAMPLE_BYTES) / FULL_SCALE;
  }
  return floats;
}

/** Loaded when the first speech asks for it. */
async function makeEncoder(): Promise<Encoder> {
  const { createMp3Encoder } = await import('wasm-media-encoders');
  return createMp3Encoder();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
