import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forwardedHeaders } from './request-headers.js';

const NO_RULES = { set: {}, remove: [] };
const BEARER = { in: 'header', name: 'Authorization', format: 'Bearer {key}' } as const;
const GOOGLE = { in: 'header', name: 'x-goog-api-key', format: '{key}' } as const;
const IN_QUERY = { in: 'query', name: 'key', format: '{key}' } as const;
const IDENTITY = ['accept-encoding', 'identity'];

const DENIED = [
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'host',
  'content-length',
  'expect',
  'authorization',
  'cookie',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'x-keywheel-token',
  'x-keywheel-anything',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-real-ip',
  'via',
  'cf-connecting-ip',
  'cf-ray',
  'true-client-ip',
  'accept-encoding',
];

describe('forwardedHeaders', () => {
  it('keeps order and repeats, and ends with the credential', () => {
    const raw = [
      'X-B',
      '1',
      'Content-Type',
      'application/json',
      'x-b',
      '2',
      'anthropic-version',
      '2023-06-01',
    ];
    expect(forwardedHeaders(raw, NO_RULES, BEARER, 'sk-1')).toEqual([
      ...raw,
      ...IDENTITY,
      'Authorization',
      'Bearer sk-1',
    ]);
  });

  it('drops what Connection names, wherever it stands', () => {
    const raw = ['X-Drop', '1', 'Connection', 'close, x-DROP , x-other', 'X-Keep', '2', 'x-other', '3'];
    expect(forwardedHeaders(raw, NO_RULES, IN_QUERY, 's')).toEqual(['X-Keep', '2', ...IDENTITY]);
  });

  it('does not let Connection take away what Keywheel adds', () => {
    const raw = ['Connection', 'x-goog-api-key, x-fixed, accept-encoding'];
    const headers = forwardedHeaders(raw, { set: { 'X-Fixed': 'v' }, remove: [] }, GOOGLE, 's');
    expect(headers).toEqual(['X-Fixed', 'v', ...IDENTITY, 'x-goog-api-key', 's']);
  });

  it('applies rules, which cannot touch the credential or the framing', () => {
    const rules = {
      set: {
        'User-Agent': 'mine',
        AUTHORIZATION: 'stolen',
        Host: 'evil',
        'content-length': '1',
        'Transfer-Encoding': 'x',
      },
      remove: ['X-Trace', 'authorization'],
    };
    const raw = ['user-agent', 'theirs', 'x-trace', '1', 'x-keep', '2'];
    expect(forwardedHeaders(raw, rules, BEARER, 's')).toEqual([
      'x-keep',
      '2',
      'User-Agent',
      'mine',
      ...IDENTITY,
      'Authorization',
      'Bearer s',
    ]);
  });

  it('lets rules set a second credential that is not the key', () => {
    const headers = forwardedHeaders(
      ['cookie', 'client'],
      { set: { cookie: 'a=b' }, remove: [] },
      GOOGLE,
      's',
    );
    expect(headers).toEqual(['cookie', 'a=b', ...IDENTITY, 'x-goog-api-key', 's']);
  });

  it('takes the key literally and puts nothing where there is none', () => {
    expect(forwardedHeaders([], NO_RULES, BEARER, "$&$'$1{key}").at(-1)).toBe("Bearer $&$'$1{key}");
    expect(forwardedHeaders(['authorization', 'x'], NO_RULES, BEARER, undefined)).toEqual(IDENTITY);
    expect(forwardedHeaders([], NO_RULES, IN_QUERY, 'secret')).toEqual(IDENTITY);
  });

  it("drops the client's header of the upstream's own credential name", () => {
    const own = { in: 'header', name: 'X-Custom-Auth', format: 'K {key}' } as const;
    expect(forwardedHeaders(['x-custom-AUTH', 'client'], NO_RULES, own, 's')).toEqual([
      ...IDENTITY,
      'X-Custom-Auth',
      'K s',
    ]);
  });

  it('never lets a denied name through, whatever its case, and keeps all others in order', () => {
    const cased = fc.constantFrom(...DENIED).chain((name) => fc.mixedCase(fc.constant(name)));
    const other = fc.stringMatching(/^x-o[a-z]{1,6}$/);
    const headers = fc.array(fc.tuple(fc.oneof(cased, other), fc.constantFrom('client-value', 'v2')));
    fc.assert(
      fc.property(headers, (list) => {
        const out = forwardedHeaders(list.flat(), NO_RULES, IN_QUERY, 's');
        const kept = list.filter(([name]) => name.startsWith('x-o'));
        expect(out).toEqual([...kept.flat(), ...IDENTITY]);
      }),
    );
  });
});
