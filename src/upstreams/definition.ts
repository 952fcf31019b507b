import { KeywheelError } from '../kernel/errors.js';
import type { z } from 'zod';
import { readBaseUrl } from './base-url.js';
import { FIELDS, type Field } from './definition-fields.js';
import { isDeepStrictEqual } from 'node:util';
import type { Preset } from './preset.js';
import { findPreset, genericPreset, PRESETS } from './presets.js';
import type { Upstream } from './upstream.js';

/** Everything that is stored of an upstream: what a person gave, and the preset's words for the rest. */
export type Definition = Readonly<{
  [F in Field]: F extends 'check' ? z.output<(typeof FIELDS)[F]> | null : z.output<(typeof FIELDS)[F]>;
}>;

type Given = { -readonly [F in Field]?: Definition[F] | null };

interface Fault {
  readonly path: string;
  readonly message: string;
}

/**
 * Reads a definition from outside: the admin API, an import, or a stored row. An absent field takes the value
 * of `previous`, a null one the preset's; where the preset changes, what came from the old one follows.
 * @throws KeywheelError `validation_failed` with every fault at once.
 */
export function define(input: unknown, previous?: Definition): Definition {
  const faults: Fault[] = [];
  const given = readFields(input, faults);
  const preset = choosePreset(given, previous, faults);
  if (preset) {
    const definition = fill(given, preset, previous);
    faults.push(...misfits(definition, preset, previous));
    if (faults.length === 0) return definition as Definition;
  }
  throw invalidUpstream(faults);
}

export function invalidUpstream(faults: readonly Fault[]): KeywheelError {
  const detail = faults.map(({ path, message }) => `${path || 'body'} ${message}`).join('; ');
  return new KeywheelError('validation_failed', detail.slice(0, 1000), { faults });
}

function readFields(input: unknown, faults: Fault[]): Given {
  const given: Record<string, unknown> = {};
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    faults.push({ path: '', message: 'must be an object' });
    return given;
  }
  for (const [name, value] of Object.entries(input)) {
    if (!Object.hasOwn(FIELDS, name)) faults.push({ path: name, message: 'unknown field' });
    else if (value === null || value === undefined) given[name] = value;
    else {
      const reading = FIELDS[name as Field].safeParse(value);
      if (reading.success) given[name] = reading.data;
      else faults.push(...reading.error.issues.flatMap((issue) => faultsOf(name, issue)));
    }
  }
  return given;
}

function faultsOf(field: string, issue: z.core.$ZodIssue): Fault[] {
  const path = [field, ...issue.path.map(String)].join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: `${path}.${key}`, message: 'unknown field' }));
}

/** The preset that is named, else the one that stood, else the generic one of the protocol. */
function choosePreset(given: Given, previous: Definition | undefined, faults: Fault[]): Preset | undefined {
  const protocol = given.protocol ?? undefined;
  const name = given.preset === undefined ? previous?.preset : (given.preset ?? undefined);
  if (name === undefined) {
    const standing = protocol ?? previous?.protocol;
    if (standing) return genericPreset(standing);
    faults.push({ path: 'protocol', message: 'is needed where no preset is named' });
    return undefined;
  }
  const preset = findPreset(name);
  if (!preset) {
    const known = PRESETS.map((each) => each.name).join(', ');
    faults.push({ path: 'preset', message: `is not known; known are ${known}` });
  } else if (protocol !== undefined && protocol !== preset.protocol) {
    // Another protocol without a word on the preset: the generic preset of that protocol takes over.
    if (given.preset === undefined) return genericPreset(protocol);
    faults.push({
      path: 'protocol',
      message: `of the preset ${name} is ${preset.protocol}; leave the preset out for another`,
    });
  }
  return preset;
}

type Draft = Omit<Definition, 'slug' | 'baseUrl'> & { readonly slug?: string; readonly baseUrl?: string };

function fill(given: Given, preset: Preset, previous: Definition | undefined): Draft {
  const standing = previous && standingOf(previous, preset);
  const fallback = defaultsOf(preset);
  const fields = Object.keys(FIELDS) as Field[];
  const entries = fields.map((field): [string, unknown] => {
    const value = given[field];
    const chosen = value === undefined ? (standing?.[field] ?? fallback[field]) : (value ?? fallback[field]);
    return [field, chosen];
  });
  const slug = given.slug ?? previous?.slug;
  return { ...(Object.fromEntries(entries) as Draft), slug, preset: preset.name, protocol: preset.protocol };
}

function defaultsOf(preset: Preset): Draft {
  return {
    preset: preset.name,
    protocol: preset.protocol,
    name: preset.title,
    baseUrl: preset.baseUrl,
    credential: preset.credential,
    models: [],
    rotation: 'round_robin',
    priority: 0,
    weight: 1,
    limits: [],
    headers: { set: {}, remove: [] },
    parameters: {},
    modelMap: {},
    modelDefaults: {},
    modelSuffixes: false,
    affinity: true,
    noStreaming: [],
    responsesApi: responsesApiOf(preset),
    timeouts: {},
    check: preset.check,
    retryUnsafe: false,
    enabled: true,
  };
}

/** Whether the preset's provider has Responses. */
export function responsesApiOf({ protocol, responsesApi }: Preset): Definition['responsesApi'] {
  return protocol === 'openai' ? (responsesApi ?? 'native') : 'none';
}

/** What stays of the previous definition: all of it, but with a new preset not what the old one had said. */
function standingOf(previous: Definition, preset: Preset): Partial<Definition> {
  const old = findPreset(previous.preset);
  if (!old || old === preset) return previous;
  const said = defaultsOf(old);
  const kept = (Object.keys(FIELDS) as Field[]).filter(
    (field) => !isDeepStrictEqual(previous[field], said[field]),
  );
  return Object.fromEntries(kept.map((field) => [field, previous[field]]));
}

function misfits(draft: Draft, preset: Preset, previous: Definition | undefined): Fault[] {
  const faults: Fault[] = [];
  if (draft.slug === undefined) faults.push({ path: 'slug', message: 'is needed' });
  else if (previous && previous.slug !== draft.slug) {
    faults.push({ path: 'slug', message: 'cannot be changed: paths and scopes of tokens name it' });
  }
  if (draft.baseUrl === undefined) {
    faults.push({ path: 'baseUrl', message: `is needed: the preset ${preset.name} has none` });
  }
  if (draft.modelSuffixes && !preset.modelSuffixes) {
    faults.push({ path: 'modelSuffixes', message: `is not for the preset ${preset.name}` });
  }
  if (draft.responsesApi !== 'none' && preset.protocol !== 'openai') {
    faults.push({ path: 'responsesApi', message: `is not for the protocol ${preset.protocol}` });
  }
  const { credential, headers } = draft;
  if (credential.in === 'header' && Object.hasOwn(headers.set, credential.name)) {
    faults.push({ path: `headers.set.${credential.name}`, message: 'is the header that carries the key' });
  }
  return faults;
}

/** The upstream as the data plane sees it, frozen through and through. */
export function upstreamOf(id: string, definition: Definition): Upstream {
  const preset = findPreset(definition.preset) ?? genericPreset(definition.protocol);
  const address = readBaseUrl(definition.baseUrl);
  if ('fault' in address) throw new KeywheelError('validation_failed', `The base URL ${address.fault}.`);
  return deepFreeze({
    ...definition,
    ...address,
    id,
    keyOptional: preset.keyOptional,
    dayZone: preset.dayZone,
    headers: { ...definition.headers, ...(preset.defaults && { defaults: preset.defaults }) },
    // Looked up by names that clients choose: `constructor` must find nothing.
    modelMap: Object.assign(Object.create(null) as Record<string, string>, definition.modelMap),
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
