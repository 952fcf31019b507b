import type { Fields } from '../../conversation/dialect.js';
import { isFields, otherFields } from '../../conversation/fields.js';
import type { Citation, Part } from '../../conversation/parts.js';
import { byteOffset, charOffset } from './byte-offsets.js';

/** A citation, and the text (by its place among the given) that it is about. */
export interface PlacedCitation {
  readonly text: number;
  readonly citation: Citation;
}

/**
 * What Gemini found on the web, and what it recites from a source, as citations.
 * https://ai.google.dev/gemini-api/docs/google-search, https://ai.google.dev/api/generate-content#CitationMetadata
 *
 * @param texts the answer's texts in order, and each one's place among the parts of its content
 */
export function readCitations(candidate: Fields, texts: readonly PlacedText[]): readonly PlacedCitation[] {
  if (texts.length === 0) return [];
  return [
    ...groundingCitations(candidate.groundingMetadata, texts),
    ...recitations(candidate.citationMetadata, texts),
  ];
}

export interface PlacedText {
  readonly part: number;
  readonly text: string;
}

function groundingCitations(metadata: unknown, texts: readonly PlacedText[]): readonly PlacedCitation[] {
  if (!isFields(metadata)) return [];
  const sources = listOf(metadata.groundingChunks).map(sourceOf);
  const cited = new Set<number>();
  const placed = listOf(metadata.groundingSupports).flatMap((support) => {
    const { segment, groundingChunkIndices } = isFields(support) ? support : {};
    const place = placeOf(isFields(segment) ? segment : {}, texts);
    return listOf(groundingChunkIndices).flatMap((index) => {
      const source = typeof index === 'number' ? sources[index] : undefined;
      if (!source) return [];
      cited.add(index as number);
      return [{ text: place.text, citation: { ...source, ...place.range } }];
    });
  });
  const last = texts.length - 1;
  const general = sources.flatMap((source, index) =>
    source && !cited.has(index) ? [{ text: last, citation: source }] : [],
  );
  return [...placed, ...general];
}

function sourceOf(chunk: unknown): Citation | undefined {
  if (!isFields(chunk)) return undefined;
  const source = [chunk.web, chunk.retrievedContext, chunk.maps, chunk.image].find(isFields);
  if (!source) return undefined;
  const { uri, title } = source;
  const cited = isFields(chunk.retrievedContext) ? source.text : undefined;
  return {
    ...(typeof uri === 'string' && { url: uri }),
    ...(typeof title === 'string' && { title }),
    ...(typeof cited === 'string' && { cited }),
  };
}

const KNOWN_OF_RECITATION: ReadonlySet<string> = new Set(['startIndex', 'endIndex', 'uri', 'title']);

function recitations(metadata: unknown, texts: readonly PlacedText[]): readonly PlacedCitation[] {
  if (!isFields(metadata)) return [];
  return listOf(metadata.citations ?? metadata.citationSources).flatMap((one) => {
    if (!isFields(one)) return [];
    const { uri, title } = one;
    const gemini = otherFields(one, KNOWN_OF_RECITATION);
    const { text, range } = placeOf(one, texts);
    const citation = {
      ...(typeof uri === 'string' && { url: uri }),
      ...(typeof title === 'string' && { title }),
      ...range,
      ...(gemini && { extras: { gemini } }),
    };
    return [{ text, citation }];
  });
}

interface Place {
  readonly text: number;
  readonly range?: { readonly from: number; readonly to: number };
}

/**
 * Where a segment lies. Its numbers count bytes of UTF-8 in the part that it names; where its own words tell
 * otherwise (streams number their parts anew in each event), the words count.
 */
function placeOf(segment: Fields, texts: readonly PlacedText[]): Place {
  const words = typeof segment.text === 'string' && segment.text !== '' ? segment.text : undefined;
  const named = texts.findIndex(({ part }) => part === (segment.partIndex ?? 0));
  const at = Math.max(named, 0);
  const { text } = texts[at]!;
  if (typeof segment.endIndex === 'number') {
    const from = charOffset(text, typeof segment.startIndex === 'number' ? segment.startIndex : 0);
    const to = charOffset(text, segment.endIndex);
    if (words === undefined ? to > from : text.slice(from, to) === words)
      return { text: at, range: { from, to } };
  }
  if (words === undefined) return { text: at };
  const found = texts.findIndex((one) => one.text.includes(words));
  if (found === -1) return { text: at };
  const from = texts[found]!.text.indexOf(words);
  return { text: found, range: { from, to: from + words.length } };
}

/** `groundingMetadata` of an answer that another provider's sources were cited in; undefined where none were. */
export function writeCitations(parts: readonly Part[]): Fields | undefined {
  const chunks = new Map<string, number>();
  const supports: Fields[] = [];
  for (const [partIndex, part] of parts.entries()) {
    if (part.kind !== 'text') continue;
    for (const { url, title, cited, from, to } of part.citations ?? []) {
      const chunk = JSON.stringify(
        url === undefined ? sourceText(title, cited) : { web: { uri: url, title } },
      );
      const index = chunks.get(chunk) ?? chunks.size;
      chunks.set(chunk, index);
      if (from === undefined || to === undefined) continue;
      const segment = {
        ...(partIndex > 0 && { partIndex }),
        startIndex: byteOffset(part.text, from),
        endIndex: byteOffset(part.text, to),
        text: part.text.slice(from, to),
      };
      supports.push({ segment, groundingChunkIndices: [index] });
    }
  }
  if (chunks.size === 0) return undefined;
  const groundingChunks = [...chunks.keys()].map((chunk) => JSON.parse(chunk) as Fields);
  return { groundingChunks, ...(supports.length > 0 && { groundingSupports: supports }) };
}

function sourceText(title: string | undefined, text: string | undefined): Fields {
  return { retrievedContext: { title, text } };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
