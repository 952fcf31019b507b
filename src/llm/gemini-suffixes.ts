import type { Fields } from './conversation/dialect.js';
import { isFields } from './conversation/fields.js';

/*
 * Endings of a model's name that ask for settings, as users of other Gemini gateways know them. They are read only
 * where an upstream has `modelSuffixes` on.
 */

/** In the order in which they are looked for: `-non-thinking` also ends in `-thinking`. */
export const SUFFIXES = ['search', 'image', 'non-thinking', 'thinking'] as const;
export type Suffix = (typeof SUFFIXES)[number];

/** Names of Google's own that end so: https://ai.google.dev/gemini-api/docs/image-generation */
const OWN_NAMES = new Set(['gemini-2.5-flash-image', 'gemini-3-pro-image', 'gemini-3.1-flash-image']);

export interface SuffixedModel {
  /** Without the endings. */
  readonly model: string;
  readonly suffixes: readonly Suffix[];
}

const NO_SUFFIXES: readonly Suffix[] = [];

/**
 * A model's name and what its endings ask for; several may follow one another. Nothing is taken off a name that
 * `exists` as it is.
 */
export function readSuffixes(name: string, exists: (model: string) => boolean): SuffixedModel {
  let model = name;
  let found: Suffix[] | undefined;
  while (!OWN_NAMES.has(model) && !exists(model)) {
    const suffix = SUFFIXES.find((one) => model.length > one.length + 1 && model.endsWith(`-${one}`));
    if (suffix === undefined || found?.includes(suffix)) break;
    (found ??= []).push(suffix);
    model = model.slice(0, -suffix.length - 1);
  }
  return { model, suffixes: found ?? NO_SUFFIXES };
}

/** The top-level fields of a body that suffixes read or set, under both names that Google's JSON has for them. */
export const SUFFIX_FIELDS = ['tools', 'generationConfig', 'generation_config'] as const;

/**
 * A body of Gemini's generateContent with what the suffixes ask for. What the client itself set stands: its own
 * thinking settings and modalities, and its own search tool. Nothing is changed in place; the very same body where
 * nothing is to do.
 *
 * - `search`: the tool `googleSearch`, unless functions are declared, which Gemini refuses beside it
 *   (https://ai.google.dev/gemini-api/docs/google-search)
 * - `image`: the modalities TEXT and IMAGE (https://ai.google.dev/gemini-api/docs/image-generation)
 * - `thinking`: thoughts are included; `non-thinking`: as little thinking as the model allows, see `leastThinking`
 *
 * @param model the upstream's name of the model, without suffixes
 */
export function applySuffixes<T extends Fields>(body: T, suffixes: readonly Suffix[], model: string): T {
  const changes: Record<string, unknown> = {};
  const tools = suffixes.includes('search') ? withSearch(body['tools']) : undefined;
  if (tools) changes['tools'] = tools;
  const field = Object.hasOwn(body, 'generation_config') ? 'generation_config' : 'generationConfig';
  const config = body[field] ?? {};
  if (isFields(config)) {
    const asked = { ...modalities(config, suffixes), ...thinking(config, suffixes, model) };
    if (Object.keys(asked).length > 0) changes[field] = { ...config, ...asked };
  }
  return Object.keys(changes).length > 0 ? { ...body, ...changes } : body;
}

function withSearch(tools: unknown): unknown[] | undefined {
  const list: unknown[] = Array.isArray(tools) ? tools : [];
  const barred = ['googleSearch', 'google_search', 'functionDeclarations', 'function_declarations'];
  const isBarred = list.some((tool) => isFields(tool) && barred.some((name) => Object.hasOwn(tool, name)));
  return isBarred ? undefined : [...list, { googleSearch: {} }];
}

function modalities(config: Fields, suffixes: readonly Suffix[]): Fields {
  if (!suffixes.includes('image') || hasEither(config, 'responseModalities', 'response_modalities'))
    return {};
  return { responseModalities: ['TEXT', 'IMAGE'] };
}

function thinking(config: Fields, suffixes: readonly Suffix[], model: string): Fields {
  if (hasEither(config, 'thinkingConfig', 'thinking_config')) return {};
  if (suffixes.includes('non-thinking')) return { thinkingConfig: leastThinking(model) };
  return suffixes.includes('thinking') ? { thinkingConfig: { includeThoughts: true } } : {};
}

/**
 * As little as the model allows: none where it can be switched off. 2.5 Pro thinks with 128 tokens at least, Gemini 3
 * has levels instead of a budget, and its Pro none below `low` (https://ai.google.dev/gemini-api/docs/thinking).
 */
function leastThinking(model: string): Fields {
  if (/^gemini-[3-9]/.test(model)) return { thinkingLevel: model.includes('-pro') ? 'low' : 'minimal' };
  return { thinkingBudget: model.startsWith('gemini-2.5-pro') ? 128 : 0 };
}

function hasEither(fields: Fields, ...names: readonly string[]): boolean {
  return names.some((name) => Object.hasOwn(fields, name));
}
