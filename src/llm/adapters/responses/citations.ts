import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { Citation } from '../../conversation/parts.js';

/**
 * One of the `annotations` of a text. Other kinds than `url_citation` name files of OpenAI's: they are kept for the
 * same dialect. https://platform.openai.com/docs/guides/tools-web-search#output-and-citations
 */
export function readCitation(value: unknown): Citation | undefined {
  if (!isFields(value)) return undefined;
  const { type, url, title, filename, start_index: from, end_index: to } = value;
  if (type !== 'url_citation') {
    const name = typeof filename === 'string' && filename !== '' ? { title: filename } : {};
    return { ...name, extras: { responses: value } };
  }
  if (typeof url !== 'string') return undefined;
  const known = typeof from === 'number' && typeof to === 'number' && from >= 0 && to > from;
  return {
    url,
    ...(typeof title === 'string' && title !== '' && { title }),
    ...(known && { from, to }),
  };
}

export function readCitations(value: unknown): readonly Citation[] {
  return Array.isArray(value) ? value.flatMap((one: unknown) => readCitation(one) ?? []) : [];
}

/**
 * Undefined for what has neither a URL nor a file of OpenAI's.
 * @param length of the text so far, which the citation is about where it does not say
 */
export function writeCitation(citation: Citation, length: number): Fields | undefined {
  const { url, title, from = 0, to = length, extras } = citation;
  if (extras?.responses) return extras.responses;
  if (url === undefined) return undefined;
  return { type: 'url_citation', start_index: from, end_index: to, url, title: title ?? url };
}
