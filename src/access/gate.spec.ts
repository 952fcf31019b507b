import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../kernel/clock.js';
import type { AccessToken } from './access-token.js';
import { Gate } from './gate.js';
import { TokenAdmission } from './token-admission.js';
import { TokenLimiter } from './token-limiter.js';
import { digestOf } from './token-secret.js';
import { TokenTable } from './token-table.js';

const SECRET = 'kw_one';
const clock = new ManualClock(1_000_000);
let table: TokenTable;
let gate: Gate;

function add(secret: string, more: Partial<AccessToken> = {}): AccessToken {
  const token: AccessToken = { id: secret, name: secret, role: 'client', scopes: {}, limits: {}, ...more };
  table.put(token, digestOf(secret));
  return token;
}

const identify = (
  headers: Record<string, string> | string[],
  queryKeys: string[] = [],
  ip = '203.0.113.7',
) => {
  const rawHeaders = Array.isArray(headers) ? headers : Object.entries(headers).flat();
  return gate.identify({ rawHeaders, queryKeys, ip });
};

beforeEach(() => {
  table = new TokenTable();
  gate = new Gate(table, new TokenAdmission(new TokenLimiter(clock), clock), clock);
});

describe('identify', () => {
  it.each([
    [{ Authorization: `Bearer ${SECRET}` }],
    [{ authorization: `bearer ${SECRET}` }],
    [{ 'X-Api-Key': SECRET }],
    [{ 'x-goog-api-key': SECRET }],
    [{ 'X-Keywheel-Token': SECRET }],
  ])('finds the token in %o', (headers) => {
    const token = add(SECRET);
    expect(identify(headers)).toBe(token);
  });

  it('finds it in the query, and takes the same one twice', () => {
    const token = add(SECRET);
    expect(identify({}, [SECRET])).toBe(token);
    expect(identify({ authorization: `Bearer ${SECRET}`, 'x-api-key': SECRET }, [SECRET, SECRET])).toBe(
      token,
    );
  });

  it.each([
    [{ authorization: 'Bearer kw_two', 'x-api-key': SECRET }, []],
    [{ 'x-goog-api-key': SECRET }, ['kw_two']],
    [{}, [SECRET, 'kw_two']],
    [['Authorization', `Bearer ${SECRET}`, 'Authorization', 'Bearer kw_two'], []],
    [['X-Api-Key', SECRET, 'x-api-key', 'kw_two'], []],
    [['X-Keywheel-Token', SECRET, 'x-keywheel-token', 'kw_two'], []],
  ])('refuses two different ones: %o %o', (headers, queryKeys) => {
    add(SECRET);
    expect(() => identify(headers, queryKeys)).toThrow(expect.objectContaining({ code: 'ambiguous_token' }));
  });

  it('reads nothing else beside X-Keywheel-Token', () => {
    const token = add(SECRET);
    const other = [
      'Authorization',
      'Bearer a',
      'X-Keywheel-Token',
      SECRET,
      'Authorization',
      'Bearer b',
      'x-api-key',
      'c',
    ];
    expect(identify(other, ['d', 'e'])).toBe(token);
  });

  it.each([
    [{}, 'missing_token'],
    [{ authorization: 'Basic a3c6' }, 'missing_token'],
    [{ authorization: 'Bearer ' }, 'missing_token'],
    [{ 'x-api-key': '' }, 'missing_token'],
    [{ authorization: 'Bearer kw_nobody' }, 'invalid_token'],
    [{ authorization: `Bearer ${SECRET}x` }, 'invalid_token'],
  ])('refuses %o: %s', (headers, code) => {
    add(SECRET);
    expect(() => identify(headers as Record<string, string>)).toThrow(expect.objectContaining({ code }));
  });

  it('follows the clock, the addresses and the table at once', () => {
    add('kw_old', { expiresAt: clock.now() });
    add('kw_young', { expiresAt: clock.now() + 1 });
    add('kw_home', { allowedIps: ['10.0.0.0/8', '2001:db8::/32'] });
    const by = (secret: string, ip?: string) => identify({ 'x-api-key': secret }, [], ip);
    expect(() => by('kw_old')).toThrow(expect.objectContaining({ code: 'expired_token' }));
    expect(by('kw_young').id).toBe('kw_young');
    expect(() => by('kw_home')).toThrow(expect.objectContaining({ code: 'address_not_allowed' }));
    for (const ip of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1'])
      expect(by('kw_home', ip).id).toBe('kw_home');
    table.remove('kw_young');
    expect(() => by('kw_young')).toThrow(expect.objectContaining({ code: 'invalid_token' }));
  });

  it('forgets the old secret of a token that got a new one', () => {
    const token = add(SECRET);
    table.put(token, digestOf('kw_new'));
    expect(() => identify({ 'x-api-key': SECRET })).toThrow(
      expect.objectContaining({ code: 'invalid_token' }),
    );
    expect(identify({ 'x-api-key': 'kw_new' })).toBe(token);
    expect(table.size).toBe(1);
  });
});

describe('scopes', () => {
  it.each([
    [{}, 'openai', 'gpt-4o', true],
    [{}, 'weather', undefined, true],
    [{ upstreams: ['openai'] }, 'openai', 'gpt-4o', true],
    [{ upstreams: ['openai'] }, 'gemini', 'gpt-4o', false],
    [{ models: ['gpt-*'] }, 'openai', 'gpt-4o', true],
    [{ models: ['gpt-*'] }, 'openai', 'o3', false],
    [{ models: ['gpt-*'] }, 'weather', undefined, false],
    [{ models: ['*'] }, 'weather', undefined, true],
    [{ upstreams: ['a', 'b'], models: ['x', 'y*'] }, 'b', 'yes', true],
  ])('%o at %s with %s: %s', (scopes, slug, model, allowed) => {
    const token = add(SECRET, { scopes });
    expect(gate.allows(token, slug, model)).toBe(allowed);
    const check = () => gate.assertScope(token, slug, model);
    if (allowed) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'out_of_scope', status: 403 }));
  });
});
