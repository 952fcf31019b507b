import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applySuffixes, readSuffixes, SUFFIXES } from './gemini-suffixes.js';

const nowhere = () => false;

describe('readSuffixes', () => {
  it.each([
    ['gemini-2.5-flash', 'gemini-2.5-flash', []],
    ['gemini-2.5-flash-search', 'gemini-2.5-flash', ['search']],
    ['gemini-2.5-flash-thinking', 'gemini-2.5-flash', ['thinking']],
    ['gemini-2.5-flash-non-thinking', 'gemini-2.5-flash', ['non-thinking']],
    ['gemini-2.0-flash-exp-image', 'gemini-2.0-flash-exp', ['image']],
    ['gemini-2.5-pro-search-non-thinking', 'gemini-2.5-pro', ['non-thinking', 'search']],
    ['gemini-2.5-pro-non-thinking-search', 'gemini-2.5-pro', ['search', 'non-thinking']],
    ['gemini-2.5-flash-image', 'gemini-2.5-flash-image', []],
    ['gemini-2.5-flash-image-search', 'gemini-2.5-flash-image', ['search']],
    ['m-search-search', 'm-search', ['search']],
    ['-search', '-search', []],
    ['search', 'search', []],
  ])('%s', (name, model, suffixes) => {
    expect(readSuffixes(name, nowhere)).toEqual({ model, suffixes });
  });

  it('leaves the name of a model that there is', () => {
    const exists = (model: string) => model === 'my-thinking';
    expect(readSuffixes('my-thinking', exists)).toEqual({ model: 'my-thinking', suffixes: [] });
    expect(readSuffixes('my-thinking-search', exists)).toEqual({
      model: 'my-thinking',
      suffixes: ['search'],
    });
  });
});

describe('applySuffixes', () => {
  const contents = [{ parts: [{ text: 'hi' }] }];

  it.each([
    [['search'], 'gemini-2.5-flash', { tools: [{ googleSearch: {} }] }],
    [['image'], 'gemini-2.0-flash-exp', { generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } }],
    [['thinking'], 'gemini-2.5-flash', { generationConfig: { thinkingConfig: { includeThoughts: true } } }],
    [['non-thinking'], 'gemini-2.5-flash', { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }],
    [['non-thinking'], 'gemini-2.5-pro', { generationConfig: { thinkingConfig: { thinkingBudget: 128 } } }],
    [
      ['non-thinking'],
      'gemini-3-flash-preview',
      { generationConfig: { thinkingConfig: { thinkingLevel: 'minimal' } } },
    ],
    [
      ['non-thinking'],
      'gemini-3-pro-preview',
      { generationConfig: { thinkingConfig: { thinkingLevel: 'low' } } },
    ],
    [
      ['search', 'non-thinking'],
      'gemini-2.5-flash',
      { tools: [{ googleSearch: {} }], generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
    ],
  ] as const)('%j for %s', (suffixes, model, added) => {
    expect(applySuffixes({ contents }, suffixes, model)).toEqual({ contents, ...added });
  });

  it('adds to what is there, and keeps what the client said itself', () => {
    const config = { temperature: 0.5, thinkingConfig: { thinkingBudget: 500 } };
    const body = { contents, tools: [{ codeExecution: {} }], generationConfig: config };
    expect(applySuffixes(body, ['search', 'non-thinking', 'image'], 'm')).toEqual({
      contents,
      tools: [{ codeExecution: {} }, { googleSearch: {} }],
      generationConfig: { ...config, responseModalities: ['TEXT', 'IMAGE'] },
    });
    expect(body.tools).toHaveLength(1);
  });

  it.each([
    [{ tools: [{ functionDeclarations: [] }] }, 'search'],
    [{ tools: [{ google_search: {} }] }, 'search'],
    [{ generationConfig: { responseModalities: ['AUDIO'] } }, 'image'],
    [{ generation_config: { thinking_config: {} } }, 'thinking'],
    [{ generationConfig: 'nonsense' }, 'thinking'],
  ] as const)('leaves %j as it is with -%s', (body, suffix) => {
    expect(applySuffixes(body, [suffix], 'm')).toBe(body);
  });

  it('writes under the name that the client used', () => {
    const body = { generation_config: { topK: 1 } };
    expect(applySuffixes(body, ['thinking'], 'm')).toEqual({
      generation_config: { topK: 1, thinkingConfig: { includeThoughts: true } },
    });
  });

  it('survives any body, and changes none in place', () => {
    const bodies = fc.dictionary(fc.constantFrom('tools', 'generationConfig', 'contents'), fc.jsonValue());
    fc.assert(
      fc.property(bodies, fc.subarray([...SUFFIXES]), (body, suffixes) => {
        const before = JSON.stringify(body);
        applySuffixes(body, suffixes, 'gemini-2.5-flash');
        expect(JSON.stringify(body)).toBe(before);
      }),
    );
  });
});
