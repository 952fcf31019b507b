import type { CallBody } from '../../proxy/wire/call-body.js';
import { queryValues } from '../../proxy/wire/query.js';
import type { LlmPath } from '../llm-path.js';

const NAMED = /\/((?:files|cachedContents)\/[A-Za-z0-9_-]+)(?=[:/]|$)/;
const REFERENCE = /(?:files|cachedContents)\/[A-Za-z0-9_-]+/g;
/** A reference stands within this many bytes of the word that begins it. */
const WINDOW = 512;
const NEEDLES = [Buffer.from('"file'), Buffer.from('"cachedContent"'), Buffer.from('"cached_content"')];

/** What an upload that is under way is pinned as. */
export function uploadName(uploadId: string): string {
  return `upload/${uploadId}`.slice(0, 300);
}

/** The file, cached content or running upload that a path speaks of; undefined where it makes a new one or lists. */
export function namedResource(path: LlmPath, query: string): string | undefined {
  if (path.operation !== 'files' && path.operation !== 'cached_contents') return undefined;
  const [uploadId] = queryValues(query, 'upload_id');
  return uploadId ? uploadName(uploadId) : NAMED.exec(path.path)?.[1];
}

/**
 * The files and cached contents that a request body refers to (`fileUri`, `file_uri`, `cachedContent`), found in
 * its bytes. A word that merely looks like a reference does no harm: nothing is pinned under it.
 */
export function referencedResources(body: CallBody): ReadonlySet<string> {
  const names = new Set<string>();
  for (const chunk of body.chunks) {
    for (const needle of NEEDLES) {
      for (let at = chunk.indexOf(needle); at !== -1; at = chunk.indexOf(needle, at + needle.length)) {
        const text = chunk.toString('latin1', at, at + WINDOW);
        for (const [name] of text.matchAll(REFERENCE)) names.add(name);
      }
    }
  }
  return names;
}
