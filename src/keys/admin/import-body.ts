import type { IncomingMessage } from 'node:http';
import { KeywheelError } from '../../kernel/errors.js';
import { readKeyEntry } from '../import/key-fields.js';
import type { ImportEntry } from '../import/key-import.js';
import { keyLines } from '../import/key-lines.js';

/** Of a text, which is read as it arrives. */
const LARGEST_TEXT = 64 * 1024 * 1024;
/** Of JSON, which is parsed in one piece. */
export const LARGEST_JSON = 16 * 1024 * 1024;

/** The entries of `{keys: […]}`; throws KeywheelError validation_failed for anything else. */
export function* entriesOf(body: unknown): Generator<ImportEntry> {
  const keys = isRecord(body) && Object.keys(body).length === 1 ? body.keys : undefined;
  if (!Array.isArray(keys)) {
    throw new KeywheelError(
      'validation_failed',
      'Send {"keys": […]} with a list of keys and no other field.',
      {
        param: 'keys',
      },
    );
  }
  let line = 0;
  for (const given of keys as unknown[]) {
    const read = readKeyEntry(given);
    yield { line: ++line, key: '', ...read };
  }
}

/** The entries of a text with one key a line, read while it arrives. */
export async function* entriesIn(request: IncomingMessage): AsyncGenerator<ImportEntry> {
  for await (const { line, text } of keyLines(piecesOf(request))) yield { line, key: text };
}

async function* piecesOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  const tooLarge = () =>
    new KeywheelError(
      'body_too_large',
      `The text may have at most ${LARGEST_TEXT} bytes. Send it in parts: keys that were added stay, and are counted as duplicates.`,
    );
  if (Number(request.headers['content-length']) > LARGEST_TEXT) throw tooLarge();
  if ((request.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    throw new KeywheelError('unsupported_media_type', 'Send the text without Content-Encoding.');
  }
  let size = 0;
  try {
    // Leaving the loop early must not end the connection, over which the answer still has to go.
    for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > LARGEST_TEXT) throw tooLarge();
      yield piece;
    }
  } catch (error) {
    if (error instanceof KeywheelError) throw error;
    throw new KeywheelError('client_gone', 'The text ended before it was whole.', { cause: error });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
