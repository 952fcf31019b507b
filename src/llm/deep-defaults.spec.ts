import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesOf, withDefaults } from './deep-defaults.js';

describe('withDefaults', () => {
  it('fills objects however deep, and leaves what the client sent', () => {
    const body = { a: 1, deep: { own: null, more: { x: [1] } } };
    const defaults = { a: 2, b: 3, deep: { own: 1, new: 2, more: { x: [2, 3], y: true } } };
    expect(withDefaults(body, defaults)).toEqual({
      a: 1,
      b: 3,
      deep: { own: null, new: 2, more: { x: [1], y: true } },
    });
    expect(body).toEqual({ a: 1, deep: { own: null, more: { x: [1] } } });
  });

  it('goes to the name that is there', () => {
    const body = { generation_config: { thinking_config: { includeThoughts: true } } };
    const defaults = { generationConfig: { thinkingConfig: { thinkingBudget: 5 } } };
    expect(withDefaults(body, defaults)).toEqual({
      generation_config: { thinking_config: { includeThoughts: true, thinkingBudget: 5 } },
    });
  });

  it.each([
    [{ thinkingLevel: 'high' }, { thinkingBudget: 5 }],
    [{ max_completion_tokens: 5 }, { max_tokens: 6 }],
    [{ a: 'text' }, { a: { b: 1 } }],
    [{ a: [1] }, { a: { b: 1 } }],
    [{ a: 1 }, {}],
  ])('puts nothing beside or into %j', (body, defaults) => {
    expect(withDefaults<Record<string, unknown>>(body, defaults)).toBe(body);
  });

  it('knows both names', () => {
    expect(namesOf('generationConfig')).toEqual(['generationConfig', 'generation_config']);
    expect(namesOf('generation_config')).toEqual(['generation_config', 'generationConfig']);
    expect(namesOf('max_tokens')).toContain('max_completion_tokens');
  });

  it('keeps every value of the body, and applies once', () => {
    const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue());
    fc.assert(
      fc.property(fields, fields, (body, defaults) => {
        const filled = withDefaults<Record<string, unknown>>(body, defaults);
        for (const [name, value] of Object.entries(body)) {
          if (typeof value !== 'object' || value === null) expect(filled[name]).toBe(value);
        }
        expect(withDefaults(filled, defaults)).toEqual(filled);
        expect(withDefaults(filled, body)).toEqual(filled);
      }),
    );
  });
});
