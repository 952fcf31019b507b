import type { IncomingMessage } from 'node:http';
import { KeywheelError } from '../kernel/errors.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Whether a request carries a body at all. */
export function hasBody({ headers }: IncomingMessage): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  return headers['content-length'] !== undefined && headers['content-length'] !== '0';
}

/** Lower-case media type without parameters; empty where none is named. */
export function mediaTypeOf({ headers }: IncomingMessage): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/**
 * The body as JSON, or undefined where it is empty.
 * @throws KeywheelError body_too_large, bad_body, unsupported_media_type (compressed, or not UTF-8)
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  assertPlainUtf8(request);
  const tooLarge = () => new KeywheelError('body_too_large', `The body may have at most ${maxBytes} bytes.`);
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunksOf(request)) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return size === 0 ? undefined : parse(Buffer.concat(chunks));
}

/** Leaving the loop early must not end the connection, over which the answer still has to go. */
async function* chunksOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw new KeywheelError('client_gone', 'The body ended before it was whole.', { cause: error });
  }
}

function assertPlainUtf8({ headers }: IncomingMessage): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (encoding.toLowerCase() !== 'identity') {
    throw new KeywheelError('unsupported_media_type', 'Send the body without Content-Encoding.');
  }
  if (!/^utf-?8$/i.test(charset)) {
    throw new KeywheelError('unsupported_media_type', 'Send JSON in UTF-8.');
  }
}

/** The parser's own message repeats a piece of the body, which may be a secret: it is left out. */
function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    throw new KeywheelError('bad_body', 'The body is not valid JSON.');
  }
}
