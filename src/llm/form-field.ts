import { partsOf, sliceOf } from '../proxy/wire/chunk-slice.js';

/** A field of a multipart form, and where its value stands in the body. */
export interface FormField {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const HEADER_BYTES = 4096;
const VALUE_BYTES = 1024;

/** The boundary of a `multipart/form-data` content type; undefined for any other. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) return undefined;
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  return quoted ?? bare;
}

/**
 * Finds a short text field of a form in its bytes. Only what stands right behind a boundary is read as a part's
 * head, so nothing inside a file is taken for a field. Undefined where there is none.
 */
export function findFormField(
  chunks: readonly Buffer[],
  boundary: string,
  name: string,
): FormField | undefined {
  const delimiter = Buffer.from(`--${boundary}`);
  for (
    let at = indexIn(chunks, delimiter, 0);
    at !== -1;
    at = indexIn(chunks, delimiter, at + delimiter.length)
  ) {
    const head = sliceOf(chunks, at + delimiter.length, at + delimiter.length + HEADER_BYTES).toString(
      'latin1',
    );
    const end = head.indexOf('\r\n\r\n');
    if (!head.startsWith('\r\n') || end === -1 || nameIn(head.slice(0, end)) !== name) continue;
    const start = at + delimiter.length + end + 4;
    const text = sliceOf(chunks, start, start + VALUE_BYTES + delimiter.length + 2);
    const length = text.indexOf(`\r\n--${boundary}`);
    if (length !== -1) return { value: text.toString('utf8', 0, length), start, end: start + length };
  }
  return undefined;
}

/** The form with a field's value replaced; the chunks are views of the old ones. */
export function withFormField(chunks: readonly Buffer[], field: FormField, value: string): Buffer[] {
  return [...partsOf(chunks, 0, field.start), Buffer.from(value), ...partsOf(chunks, field.end, Infinity)];
}

function nameIn(head: string): string | undefined {
  const line = /^content-disposition:([^\r\n]*)/im.exec(head)?.[1] ?? '';
  if (/;\s*filename\*?=/i.test(line)) return undefined;
  const [, quoted, bare] = /;\s*name=(?:"([^"]*)"|([^\s;]+))/i.exec(line) ?? [];
  return quoted ?? bare;
}

/** Index of a needle in the body as a whole, also where it lies over the border of two chunks. */
function indexIn(chunks: readonly Buffer[], needle: Buffer, from: number): number {
  let start = 0;
  for (const [i, chunk] of chunks.entries()) {
    const end = start + chunk.length;
    if (end > from) {
      const found = chunk.indexOf(needle, Math.max(0, from - start));
      if (found !== -1) return start + found;
      const seam = Math.max(start, from, end - needle.length + 1);
      const next =
        i + 1 < chunks.length ? sliceOf(chunks, seam, seam + 2 * needle.length).indexOf(needle) : -1;
      if (next !== -1) return seam + next;
    }
    start = end;
  }
  return -1;
}
