import { describe, expect, it } from 'vitest';
import { CallBody } from '../proxy/wire/call-body.js';
import { readLlmPath } from './llm-path.js';
import { readLlmRequest } from './llm-request.js';

const CHAT = readLlmPath('/v1/chat/completions', { anthropicVersion: false, googleKey: false })!;

function read(text: string) {
  return readLlmRequest(CHAT, 'application/json', new CallBody([Buffer.from(text)]), true);
}

describe('readLlmRequest', () => {
  it('finds the model and what the answer may take', () => {
    expect(read('{"model":"m","max_tokens":40}')).toMatchObject({ model: 'm', tokens: 48 });
  });

  it.each([
    ['{"model":"m","model":"n"}', /names "model" twice/],
    ['{"model":"m","Model":"n"}', /spells "model" in other letters/],
    ['{"MODEL":"n","model":"m"}', /spells "model" in other letters/],
    ['{"model":"m","Max_Tokens":9}', /spells "max_tokens" in other letters/],
    ['{"model":7}', /must be a string/],
    ['["model"]', /not a JSON object/],
  ])('refuses what upstreams may read in another way: %s', (text, message) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'bad_body' }) as Error);
    expect(() => read(text)).toThrow(message);
  });
});
