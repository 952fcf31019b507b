import { describe, expect, it } from 'vitest';
import { Secret } from '../kernel/secret.js';
import { checkRequest } from './check-request.js';
import { define, upstreamOf } from './definition.js';

const secret = new Secret('sk-$&-test');
const check = (input: object) => checkRequest(upstreamOf('id', define({ slug: 'a', ...input })), secret);

describe('checkRequest', () => {
  it.each([
    ['openai', 'https://api.openai.com/v1/models', { authorization: 'Bearer sk-$&-test' }],
    ['groq', 'https://api.groq.com/openai/v1/models', { authorization: 'Bearer sk-$&-test' }],
    ['openrouter', 'https://openrouter.ai/api/v1/key', { authorization: 'Bearer sk-$&-test' }],
    ['ollama', 'http://127.0.0.1:11434/v1/models', { authorization: 'Bearer sk-$&-test' }],
    [
      'anthropic',
      'https://api.anthropic.com/v1/models?limit=1',
      { 'x-api-key': 'sk-$&-test', 'anthropic-version': '2023-06-01' },
    ],
    [
      'gemini',
      'https://generativelanguage.googleapis.com/v1beta/models?pageSize=1',
      { 'x-goog-api-key': 'sk-$&-test' },
    ],
  ])('asks %s at %s', (preset, url, headers) => {
    expect(check({ preset })).toMatchObject({ method: 'GET', url, headers, provesQuota: false });
  });

  it('counts tokens where keys cannot list models', () => {
    const request = check({ preset: 'vertex-express' });
    expect(request?.url).toBe(
      'https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-2.5-flash:countTokens',
    );
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(JSON.parse(request?.body ?? '')).toHaveProperty('contents');
  });

  it('puts the key where the credential says, also into the query', () => {
    const request = check({
      protocol: 'http',
      baseUrl: 'https://api.example.com/base',
      credential: { in: 'query', name: 'apikey', format: 'v1:{key}' },
      headers: { set: { 'x-team': 'blue' } },
      check: { path: '/me?verbose=1', provesQuota: true },
    });
    expect(request).toEqual({
      method: 'GET',
      url: 'https://api.example.com/base/me?verbose=1&apikey=v1%3Ask-%24%26-test',
      headers: { accept: 'application/json', 'x-team': 'blue' },
      provesQuota: true,
    });
  });

  it('has nothing to ask where no check is known', () => {
    expect(check({ protocol: 'http', baseUrl: 'https://api.example.com' })).toBeUndefined();
  });
});
