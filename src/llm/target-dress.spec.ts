import { describe, expect, it } from 'vitest';
import { define, upstreamOf } from '../upstreams/definition.js';
import type { Candidate } from './candidate.js';
import { dressed, dressOf } from './target-dress.js';

const modelDefaults = {
  'gemini-2.5-*': { generationConfig: { thinkingConfig: { thinkingBudget: 1024 }, topK: 5 } },
  'gemini-2.5-flash': { generationConfig: { thinkingConfig: { thinkingBudget: 64 } } },
};
const upstream = upstreamOf(
  'id',
  define({ slug: 'g', preset: 'gemini', modelDefaults, modelSuffixes: true }),
);

function candidate(model: string, suffixes: Candidate['suffixes'] = []): Candidate {
  return { upstream, asked: model, model, suffixes, route: undefined };
}

function bodyOf(of: Candidate, body: Record<string, unknown> = {}): Record<string, unknown> {
  return dressed(body, dressOf(of, 'generateContent')!);
}

describe('dressOf', () => {
  it('is nothing for models without defaults and endings, and for operations that generate nothing', () => {
    expect(dressOf(candidate('other'), 'generateContent')).toBeUndefined();
    expect(dressOf(candidate('gemini-2.5-pro'), 'countTokens')).toBeUndefined();
    expect(dressOf({ ...candidate('x'), model: undefined }, 'generateContent')).toBeUndefined();
    expect(dressOf(candidate('gemini-2.5-pro'), 'generateContent')?.fields).toEqual([
      'generationConfig',
      'generation_config',
    ]);
  });
});

describe('dressed', () => {
  it('takes the longest pattern first, and the client before all', () => {
    expect(bodyOf(candidate('gemini-2.5-pro'))).toEqual(modelDefaults['gemini-2.5-*']);
    expect(bodyOf(candidate('gemini-2.5-flash'))).toEqual({
      generationConfig: { thinkingConfig: { thinkingBudget: 64 }, topK: 5 },
    });
    const own = { generationConfig: { thinkingConfig: { thinkingBudget: 1 }, topK: 2 } };
    expect(bodyOf(candidate('gemini-2.5-flash'), own)).toBe(own);
  });

  it('puts what the endings ask for before the defaults', () => {
    expect(bodyOf(candidate('gemini-2.5-flash', ['non-thinking']))).toEqual({
      generationConfig: { thinkingConfig: { thinkingBudget: 0 }, topK: 5 },
    });
    expect(bodyOf(candidate('gemini-2.5-flash', ['thinking']))).toEqual({
      generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 64 }, topK: 5 },
    });
  });
});
