import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeywheelError } from '../kernel/errors.js';
import { define, type Definition, upstreamOf } from './definition.js';

const PLAIN = { slug: 'api', protocol: 'http', baseUrl: 'https://api.example.com/v2/' };

function faultsOf(input: unknown, previous?: Definition): Record<string, string> {
  try {
    define(input, previous);
  } catch (error) {
    if (!(error instanceof KeywheelError)) throw error;
    expect(error.code).toBe('validation_failed');
    return Object.fromEntries((error.faults ?? []).map(({ path, message }) => [path, message]));
  }
  return {};
}

describe('define', () => {
  it('fills what is not given from the preset', () => {
    expect(define({ slug: 'claude', preset: 'anthropic' })).toMatchObject({
      slug: 'claude',
      protocol: 'anthropic',
      name: 'Anthropic',
      baseUrl: 'https://api.anthropic.com',
      credential: { in: 'header', name: 'x-api-key', format: '{key}' },
      rotation: 'round_robin',
      check: { method: 'GET', path: '/v1/models?limit=1' },
      enabled: true,
    });
  });

  it('takes the generic preset of a protocol', () => {
    expect(define(PLAIN)).toMatchObject({ preset: 'http', baseUrl: 'https://api.example.com/v2' });
    expect(define({ slug: 'o', protocol: 'openai', baseUrl: 'http://host' })).toMatchObject({
      preset: 'openai',
      baseUrl: 'http://host',
    });
  });

  it('takes one limit or a list, and lower-cases names of headers', () => {
    const definition = define({
      ...PLAIN,
      limits: { rpm: 5 },
      headers: { set: { 'X-Team': 'a' }, remove: ['X-Trace'] },
      credential: { in: 'header', name: 'X-Key' },
    });
    expect(definition.limits).toEqual([{ rpm: 5 }]);
    expect(definition.headers).toEqual({ set: { 'x-team': 'a' }, remove: ['x-trace'] });
    expect(definition.credential).toEqual({ in: 'header', name: 'x-key', format: '{key}' });
  });

  it('tells every fault at once, unknown fields among them', () => {
    const faults = faultsOf({
      slug: 'Not a slug',
      preset: 'nobody',
      baseUrl: 'ftp://example.com',
      credential: { in: 'cookie', name: 'a', format: 'no place', extra: 1 },
      limits: [{ rpm: 0 }, { models: 'x' }, { tpm: 1.5, rps: 3 }],
      headers: { set: { Host: 'x', 'a b': 'y', ok: 'line\nbreak' } },
      timeouts: { idleTimeoutMs: -1 },
      weight: 0,
      rotation: 'sideways',
      check: { method: 'GET', path: '/../admin' },
      apiBase: 'https://evil',
    });
    expect(Object.keys(faults).sort()).toEqual(
      [
        'apiBase',
        'baseUrl',
        'check.path',
        'credential.extra',
        'credential.format',
        'credential.in',
        'headers.set.Host',
        'headers.set.a b',
        'headers.set.ok',
        'limits.0.rpm',
        'limits.1',
        'limits.2.rps',
        'limits.2.tpm',
        'preset',
        'rotation',
        'slug',
        'timeouts.idleTimeoutMs',
        'weight',
      ].sort(),
    );
    expect(faults.preset).toContain('openrouter');
  });

  it.each([
    ['slug', { protocol: 'http', baseUrl: 'https://a' }],
    ['protocol', { slug: 'a' }],
    ['baseUrl', { slug: 'a', protocol: 'http' }],
    ['baseUrl', { slug: 'a', preset: 'azure-openai' }],
    ['protocol', { slug: 'a', preset: 'openai', protocol: 'gemini' }],
    ['headers.set.authorization', { ...PLAIN, headers: { set: { Authorization: 'x' } } }],
    ['', []],
    ['', null],
    ['', 'text'],
  ])('finds a fault at %s', (path, input) => {
    expect(Object.keys(faultsOf(input))).toContain(path);
  });

  it.each([
    'example.com',
    '/relative',
    'https://',
    'https://user@example.com',
    'https://user:secret@example.com',
    'https://@example.com',
    'https://example.com?key=1',
    'https://example.com/?',
    'https://example.com#part',
    'https://exa mple.com',
    'https://example.com\\@evil.com',
    'https://example.com/\t',
    'https:///example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://[::1',
    'https://example.com:99999',
  ])('refuses the base URL %j', (baseUrl) => {
    expect(faultsOf({ ...PLAIN, baseUrl })).toHaveProperty('baseUrl');
  });

  it.each([
    ['HTTPS://API.example.com:443/v1//', 'https://api.example.com/v1'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['https://example.com/a/../b', 'https://example.com/b'],
    ['https://example.com/%2e%2e/b', 'https://example.com/b'],
    ['https://münchen.example/ä', 'https://xn--mnchen-3ya.example/%C3%A4'],
  ])('reads the base URL %j as %s', (given, baseUrl) => {
    expect(define({ ...PLAIN, baseUrl: given }).baseUrl).toBe(baseUrl);
  });

  it('reads any input without breaking, and its own output as itself', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.dictionary(fc.string(), fc.anything())),
        (input) => void faultsOf(input),
      ),
    );
    const definition = define({ ...PLAIN, parameters: { temperature: 0, nested: { a: [1, null] } } });
    expect(define(structuredClone(definition))).toEqual(definition);
  });
});

describe('define, changing', () => {
  const standing = define({ slug: 'api', preset: 'groq', models: ['a'], priority: 3, name: 'Mine' });

  it('replaces what is given and leaves the rest', () => {
    expect(define({ models: ['b'] }, standing)).toEqual({ ...standing, models: ['b'] });
    expect(define({}, standing)).toEqual(standing);
    expect(define({ slug: 'api' }, standing)).toEqual(standing);
  });

  it("takes the preset's word again for null", () => {
    const moved = define({ baseUrl: 'https://mirror.example', check: null }, standing);
    expect(moved.baseUrl).toBe('https://mirror.example');
    expect(moved.check).toEqual(standing.check);
    expect(define({ baseUrl: null, name: null, priority: null, models: null }, moved)).toEqual({
      ...standing,
      name: 'Groq',
      priority: 0,
      models: [],
    });
  });

  it('lets what came from the old preset follow the new one', () => {
    const changed = define({ preset: 'anthropic' }, standing);
    expect(changed).toMatchObject({
      preset: 'anthropic',
      protocol: 'anthropic',
      baseUrl: 'https://api.anthropic.com',
      credential: { name: 'x-api-key' },
      name: 'Mine',
      models: ['a'],
      priority: 3,
    });
  });

  it('does not let the slug change', () => {
    expect(faultsOf({ slug: 'other' }, standing)).toHaveProperty('slug');
  });
});

describe('responsesApi', () => {
  it.each([
    ['openai', 'native'],
    ['azure-openai', 'native'],
    ['xai', 'native'],
    ['ollama', 'native'],
    ['deepseek', 'none'],
    ['mistral', 'none'],
    ['together', 'none'],
    ['siliconflow', 'none'],
    ['anthropic', 'none'],
    ['gemini', 'none'],
  ])('of the preset %s is %s', (preset, expected) => {
    const address = preset === 'azure-openai' ? { baseUrl: 'https://a.openai.azure.com' } : {};
    expect(define({ slug: 'x', preset, ...address }).responsesApi).toBe(expected);
  });

  it('can be said otherwise, where the protocol has it', () => {
    expect(define({ slug: 'x', preset: 'deepseek', responsesApi: 'preferred' }).responsesApi).toBe(
      'preferred',
    );
    expect(faultsOf({ slug: 'x', preset: 'gemini', responsesApi: 'native' })).toHaveProperty('responsesApi');
    expect(faultsOf({ slug: 'x', preset: 'openai', responsesApi: 'maybe' })).toHaveProperty('responsesApi');
  });
});

describe('upstreamOf', () => {
  it('is complete and frozen through and through', () => {
    const upstream = upstreamOf('id-1', define({ slug: 'g', preset: 'gemini', limits: [{ rpd: 5 }] }));
    expect(upstream).toMatchObject({
      id: 'id-1',
      origin: 'https://generativelanguage.googleapis.com',
      basePath: '',
      keyOptional: false,
      dayZone: 'America/Los_Angeles',
    });
    expect(Object.isFrozen(upstream)).toBe(true);
    expect(Object.isFrozen(upstream.limits[0])).toBe(true);
    expect(Object.isFrozen(upstream.headers.set)).toBe(true);
  });

  it('finds nothing under names that every object has', () => {
    const { modelMap } = upstreamOf('id-1', define({ ...PLAIN, modelMap: { a: 'b' } }));
    expect(modelMap.a).toBe('b');
    for (const name of ['constructor', '__proto__', 'toString']) expect(modelMap[name]).toBeUndefined();
  });

  it('brings the headers that a preset sends by default', () => {
    const { headers } = upstreamOf('id-1', define({ slug: 'a', preset: 'anthropic' }));
    expect(headers.defaults).toEqual({ 'anthropic-version': '2023-06-01' });
  });
});
