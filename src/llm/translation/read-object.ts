import { KeywheelError } from '../../kernel/errors.js';
import type { CallBody } from '../../proxy/wire/call-body.js';
import type { Fields } from '../conversation/dialect.js';
import { isFields } from '../conversation/fields.js';
import { parsePrecise } from '../conversation/precise-json.js';
import { assertDepth } from './json-depth.js';

/** A client's body as a JSON object. @throws KeywheelError bad_body */
export function readObject(body: CallBody): Fields {
  const text = Buffer.concat(body.chunks).toString('utf8');
  assertDepth(text);
  let value: unknown;
  try {
    value = parsePrecise(text);
  } catch (cause) {
    throw new KeywheelError('bad_body', 'The body is not valid JSON.', { cause });
  }
  if (isFields(value)) return value;
  throw new KeywheelError('bad_body', 'The body is not a JSON object.');
}
