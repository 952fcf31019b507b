import { describe, expect, it } from 'vitest';
import { strictSchema, wantsEveryField } from './strict-schema.js';

const city = { type: 'string' };
const closed = (properties: object, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

describe('a schema for OpenAI’s guarantee', () => {
  it('wants every field of every object, and no other', () => {
    expect(wantsEveryField(closed({ city, at: closed({ city }) }))).toBe(true);
    expect(wantsEveryField(closed({ city, at: closed({ city }, []) }))).toBe(false);
    expect(wantsEveryField({ ...closed({ city }), additionalProperties: true })).toBe(false);
    expect(wantsEveryField(closed({ anything: { type: 'object' } }))).toBe(false);
    expect(wantsEveryField({ type: ['object', 'null'] })).toBe(false);
    expect(wantsEveryField({ type: 'array', items: city })).toBe(true);
  });

  it('is closed where nothing is said of further fields, however deep', () => {
    const open = { type: 'object', properties: { city }, required: ['city'] };
    const deep = {
      type: 'object',
      properties: { at: { anyOf: [open, { type: 'null' }] }, rows: { type: 'array', items: open } },
      required: ['at', 'rows'],
      $defs: { one: open },
    };
    expect(strictSchema(deep)).toEqual({
      ...closed({
        at: { anyOf: [closed({ city }), { type: 'null' }] },
        rows: { type: 'array', items: closed({ city }) },
      }),
      $defs: { one: closed({ city }) },
    });
  });

  it.each([
    ['a field may be missing', { type: 'object', properties: { city } }],
    ['others may come', { type: 'object', properties: {}, additionalProperties: city }],
    ['any object will do', { type: 'object' }],
  ])('is none where %s', (_why, schema) => {
    expect(strictSchema(schema)).toBeUndefined();
  });
});
