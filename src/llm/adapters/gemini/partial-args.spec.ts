import { describe, expect, it } from 'vitest';
import { PartialArgs } from './partial-args.js';

function built(...list: unknown[]): string {
  const args = new PartialArgs();
  for (const one of list) args.add([one]);
  return args.json;
}

describe('PartialArgs', () => {
  it('keeps empty lists and objects, and quoted names', () => {
    expect(
      built(
        { jsonPath: '$.list[]' },
        { jsonPath: '$.object' },
        { jsonPath: "$['a.b']", stringValue: 'x', willContinue: true },
        { jsonPath: "$['a.b']", stringValue: 'y' },
        { jsonPath: "$['a.b']" },
        { jsonPath: '$.list[0].n', numberValue: 0.5 },
      ),
    ).toBe('{"list":[{"n":0.5}],"object":{},"a.b":"xy"}');
  });

  it.each([
    ['a hole in a list', { jsonPath: '$.a[5]', numberValue: 1 }],
    ['the root', { jsonPath: '$', numberValue: 1 }],
    ['no path', { jsonPath: '$..a[', numberValue: 1 }],
    ['no piece', 7],
  ])('leaves out %s', (_, piece) => {
    expect(built(piece)).toMatch(/^\{("a":\[\])?\}$/);
  });

  it('reaches no prototype', () => {
    expect(built({ jsonPath: '$.__proto__.polluted', stringValue: 'x' })).toBe(
      '{"__proto__":{"polluted":"x"}}',
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
