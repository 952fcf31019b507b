import { KeywheelError } from '../../kernel/errors.js';
import type { CallBody } from '../../proxy/wire/call-body.js';

/** A file of a form. */
export interface FormFile {
  readonly name: string;
  /** As the client says; empty where it does not. */
  readonly mime: string;
  readonly bytes: Buffer;
}

/** A client's form. */
export interface Form {
  /** The last value of each text field. */
  readonly texts: ReadonlyMap<string, string>;
  /** Files of fields by name, in order; `image[]` counts as `image`. */
  readonly files: ReadonlyMap<string, readonly FormFile[]>;
}

/** @throws KeywheelError bad_body where the body is no `multipart/form-data` */
export async function readForm(body: CallBody, contentType: string): Promise<Form> {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) {
    throw new KeywheelError('bad_body', 'The body must be multipart/form-data.');
  }
  const form = await parsed(body, contentType);
  const texts = new Map<string, string>();
  const files = new Map<string, FormFile[]>();
  for (const [field, value] of form) {
    const name = field.endsWith('[]') ? field.slice(0, -2) : field;
    if (typeof value === 'string') texts.set(name, value);
    else files.set(name, [...(files.get(name) ?? []), await fileOf(value)]);
  }
  return { texts, files };
}

async function parsed(body: CallBody, contentType: string): Promise<FormData> {
  try {
    const bytes = new Uint8Array(Buffer.concat(body.chunks));
    return await new Response(bytes, { headers: { 'content-type': contentType } }).formData();
  } catch (cause) {
    throw new KeywheelError('bad_body', 'The form cannot be read.', { cause });
  }
}

async function fileOf(file: File): Promise<FormFile> {
  return { name: file.name, mime: file.type, bytes: Buffer.from(await file.arrayBuffer()) };
}
