import type { PathStyle } from './preset.js';
import { findPreset, genericPreset } from './presets.js';
import type { Upstream } from './upstream.js';

/** The parts of an upstream that decide about paths. */
export type PathBase = Pick<Upstream, 'preset' | 'protocol' | 'basePath'>;

const VERSION_SEGMENT = /\/v\d+[a-z0-9]*(?=\/|$)/;
const LEADING_V1 = /^\/v1(?=\/|$)/;
const GEMINI_BASE = /^(.*?)(?:\/(v\d+[a-z0-9]*))?$/;
const GEMINI_PATH = /^(\/upload|\/download)?(?:\/(v\d+[a-z0-9]*)(?=\/|$))?(.*)$/s;
const VERTEX_BASE = /^(.*?)(?:\/(v\d+[a-z0-9]*))?(?:\/publishers\/google)?$/;
const VERTEX_VERSIONS = new Set(['v1', 'v1beta1']);

/**
 * The path to ask of the upstream's origin for a path that the caller used.
 *
 * `path` is what came after `/llm/{slug}` or `/proxy/{slug}`, or the whole path where the upstream was chosen
 * by model; it begins with `/` (or is empty) and holds no query. It must be free of dot segments: they are not
 * looked for here. A base URL works with and without its version segment, and so does the caller's path.
 */
export function upstreamPath(upstream: PathBase, path: string): string {
  const preset = findPreset(upstream.preset) ?? genericPreset(upstream.protocol);
  return MAPPERS[preset.pathStyle](upstream.basePath, path, preset.root ?? '/v1');
}

type Mapper = (basePath: string, path: string, root: string) => string;

const MAPPERS: Readonly<Record<PathStyle, Mapper>> = {
  plain: (basePath, path) => basePath + path,
  versioned: (basePath, path, root) => versionedBase(basePath, root) + path.replace(LEADING_V1, ''),
  gemini: geminiPath,
  vertex: vertexPath,
};

/** The base path with a version in it: the operator's own, else the provider's root, of which a part may be there. */
function versionedBase(basePath: string, root: string): string {
  if (VERSION_SEGMENT.test(basePath)) return basePath;
  const segments = root.split('/').slice(1);
  for (let written = segments.length - 1; written > 0; written--) {
    const beginning = `/${segments.slice(0, written).join('/')}`;
    if (basePath.endsWith(beginning)) return basePath + root.slice(beginning.length);
  }
  return basePath + root;
}

/** `{base}[/upload]/{version}{rest}`; the caller's version counts, then the base URL's, then `v1beta`. */
function geminiPath(basePath: string, path: string): string {
  const [, base = '', baseVersion] = GEMINI_BASE.exec(basePath) ?? [];
  const [, medium = '', version, rest = ''] = GEMINI_PATH.exec(path) ?? [];
  return `${base}${medium}/${version ?? baseVersion ?? 'v1beta'}${rest}`;
}

/**
 * `{base}/{version}/publishers/google/models/{model}:{operation}`. Vertex has the versions v1 and v1beta1;
 * Gemini's own (v1beta, v1alpha) mean nothing to it and become the base URL's, else v1.
 */
function vertexPath(basePath: string, path: string): string {
  const [, base = '', baseVersion] = VERTEX_BASE.exec(basePath) ?? [];
  const [, medium = '', asked, rest = ''] = GEMINI_PATH.exec(path) ?? [];
  const version = baseVersion ?? (asked && VERTEX_VERSIONS.has(asked) ? asked : 'v1');
  const resource = rest === '/models' || rest.startsWith('/models/') ? `/publishers/google${rest}` : rest;
  return `${base}${medium}/${version}${resource}`;
}
