import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { Citation } from '../../conversation/parts.js';

/** `annotations` of a message. https://platform.openai.com/docs/guides/tools-web-search#output-and-citations */
export function readCitations(annotations: unknown): readonly Citation[] {
  if (!Array.isArray(annotations)) return [];
  return (annotations as unknown[]).flatMap((entry) => {
    const value = isFields(entry) && entry.type === 'url_citation' ? entry.url_citation : undefined;
    return isFields(value) && typeof value.url === 'string' ? [readCitation(value, value.url)] : [];
  });
}

function readCitation({ title, start_index: from, end_index: to, content }: Fields, url: string): Citation {
  const known = typeof from === 'number' && typeof to === 'number' && from >= 0 && to > from;
  return {
    url,
    ...(typeof title === 'string' && title !== '' && { title }),
    // OpenRouter: what was found there.
    ...(typeof content === 'string' && content !== '' && { cited: content }),
    ...(known && { from, to }),
  };
}

/** Perplexity's and xAI's bare list of URLs, which the text cites by number. https://docs.perplexity.ai/api-reference */
export function readSources(urls: unknown): readonly Citation[] {
  if (!Array.isArray(urls)) return [];
  return (urls as unknown[]).flatMap((url) => (typeof url === 'string' ? [{ url }] : []));
}

/**
 * Undefined for what has no URL, since the dialect knows no other citations.
 * @param base where the part's text begins in the content of the message
 * @param length of the part's text so far, which the citation is about where it does not say
 */
export function writeCitation(citation: Citation, base: number, length: number): Fields | undefined {
  const { url, title, cited, from = 0, to = length } = citation;
  if (url === undefined) return undefined;
  return {
    type: 'url_citation',
    url_citation: {
      start_index: base + from,
      end_index: base + to,
      url,
      title: title ?? url,
      ...(cited !== undefined && { content: cited }),
    },
  };
}
