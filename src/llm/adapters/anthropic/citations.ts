import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { Citation } from '../../conversation/parts.js';

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/**
 * A citation in any of its five shapes; they all are about the whole text block that they stand at.
 * https://platform.claude.com/docs/en/build-with-claude/citations
 */
export function readCitation(value: unknown): Citation | undefined {
  if (!isFields(value)) return undefined;
  const url =
    textIn(value.url) ?? (value.type === 'search_result_location' ? textIn(value.source) : undefined);
  const title = textIn(value.title) ?? textIn(value.document_title);
  const cited = textIn(value.cited_text);
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(cited !== undefined && { cited }),
    extras: { anthropic: value },
  };
}

/** For a client. Undefined for what names no source that Anthropic has a shape for. */
export function writeCitation({ url, title, cited, extras }: Citation): Fields | undefined {
  if (extras?.anthropic) return extras.anthropic;
  if (url === undefined) return undefined;
  return {
    type: 'web_search_result_location',
    url,
    title: title ?? null,
    cited_text: cited ?? '',
    encrypted_index: '',
  };
}

/** For an upstream: only what it has said itself, since it checks its own encrypted index. */
export function citationsForUpstream(citations: readonly Citation[] | undefined): readonly Fields[] {
  const own: Fields[] = [];
  for (const { extras } of citations ?? []) {
    const raw = extras?.anthropic;
    if (raw && (raw.type !== 'web_search_result_location' || textIn(raw.encrypted_index))) own.push(raw);
  }
  return own;
}
