import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTopLevelString, scanTopLevel } from './top-level-field.js';

/** Cuts bytes into chunks at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

const find = (text: string) => findTopLevelString([Buffer.from(text)], 'model');

const key = fc.oneof(
  fc.constantFrom('model', 'stream', 'mode', 'models', 'MODEL', 'n'),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('"model":"x"', '\\"', '\\\\', '}', ']', '"', '\u2028'),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    word,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(true, false, null, 0, -1e-7),
    tie('array'),
    tie('object'),
  ),
  array: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
}));

/** JSON text written in one of the many ways: odd spaces, \u escapes, repeated members. */
const space = fc.constantFrom('', ' ', '\n\t ', '\r');
const spelled = fc
  .tuple(key, fc.boolean())
  .map(([name, escape]) =>
    escape
      ? `"${[...Array(name.length).keys()].map((i) => `\\u${name.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`
      : JSON.stringify(name),
  );
const member = fc
  .tuple(space, spelled, space, value, space)
  .map(([a, name, b, of, c]) => `${a}${name}${b}:${c}${JSON.stringify(of)}${a}`);
const document = fc
  .tuple(space, fc.array(member, { maxLength: 8 }), space)
  .map(([a, members, b]) => `${a}{${members.join(',') || a}}${b}`);

function expected(text: string, field: string): unknown {
  const of = (JSON.parse(text) as Record<string, unknown>)[field];
  return typeof of === 'object' && of !== null ? undefined : of;
}

describe('scanTopLevel', () => {
  it('agrees with JSON.parse on every valid object, however it is cut', () => {
    fc.assert(
      fc.property(document, fc.array(fc.nat(), { maxLength: 12 }), (text, places) => {
        const { values, malformed } = scanTopLevel(cut(Buffer.from(text), places), ['model', 'stream']);
        expect(malformed).toBe(false);
        expect([values.get('model'), values.get('stream')]).toEqual([
          expected(text, 'model'),
          expected(text, 'stream'),
        ]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees with JSON.parse wherever damage leaves the text valid, and never throws', () => {
    fc.assert(
      fc.property(
        document,
        fc.nat(),
        fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', 'x', '\\', '/'),
        fc.nat(),
        (text, at, put, places) => {
          const place = at % (text.length + 1);
          const damaged = (
            text.slice(0, place) +
            put +
            text.slice(place + (put === '' ? 1 : 0))
          ).toWellFormed();
          let valid: string | undefined;
          try {
            JSON.parse(damaged);
            valid = damaged;
          } catch {
            valid = undefined;
          }
          const scan = scanTopLevel(cut(Buffer.from(damaged), [places]), ['model']);
          if (valid !== undefined) expect(scan.values.get('model')).toEqual(expected(valid, 'model'));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('knows a truncated document', () => {
    fc.assert(
      fc.property(document, fc.nat(), (text, at) => {
        const trimmed = text.trimEnd();
        expect(scanTopLevel([Buffer.from(trimmed.slice(0, at % trimmed.length))], ['model']).malformed).toBe(
          true,
        );
      }),
    );
  });

  it('finds in single bytes what it finds in one piece', () => {
    const text = Buffer.from(
      '{"a":["\\"",{"model":1}],"\\u006dodel":"caf\u00e9 \\\\\\" \\ud83d\\ude00","stream":true}',
    );
    const bytes = Array.from(text, (byte) => Buffer.of(byte));
    expect(scanTopLevel(bytes, ['model', 'stream'])).toEqual(scanTopLevel([text], ['model', 'stream']));
    expect(scanTopLevel(bytes, ['model', 'stream']).values).toEqual(
      new Map<string, unknown>([
        ['model', 'café \\" 😀'],
        ['stream', true],
      ]),
    );
  });

  it.each([
    ['{"model":"a","Model":"b"}', ['model']],
    ['{"MODEL":"b","stop_s":1}', ['model']],
    ['{"\\u004dodel":"b"}', ['model']],
    ['{"max_toKens":1,"model":"a"}'.replace('K', '\u212a'), ['max_tokens']],
    ['{"max_token\u017f":1}', ['max_tokens']],
    ['{"model":"a","models":[],"tools":[],"modél":"b","x":{"Model":"b"},"y":"Model"}', []],
  ])('knows names that differ from a field by case alone: %s', (text, lookalikes) => {
    const scan = scanTopLevel([Buffer.from(text)], ['model', 'max_tokens']);
    expect([...scan.lookalikes]).toEqual(lookalikes);
    expect(scan.values.get('model')).toBe(text.includes('"model":"a"') ? 'a' : undefined);
  });

  it('stops early when asked to', () => {
    const head = '{"model":"m","stream":false,';
    const rest = `"messages":"${'x'.repeat(100_000)}"`;
    const scan = scanTopLevel([Buffer.from(head + rest + ' broken')], ['model', 'stream'], {
      untilFound: true,
    });
    expect(scan).toMatchObject({
      malformed: false,
      values: new Map<string, unknown>([
        ['model', 'm'],
        ['stream', false],
      ]),
    });
    const late = scanTopLevel([Buffer.from(`{${rest},"stream":true,"model":"late"}`)], ['model', 'stream'], {
      untilFound: true,
    });
    expect(late.values.get('model')).toBe('late');
    expect(scanTopLevel([Buffer.from(`{${rest}}`)], ['model'], { untilFound: true })).toMatchObject({
      malformed: false,
    });
  });

  it('reads deep nesting without recursion', () => {
    const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
    expect(find(`{"a":${deep},"model":"m"}`)).toEqual({ value: 'm', duplicate: false, malformed: false });
  });
});

describe('findTopLevelString', () => {
  it.each<[text: string, value: string | undefined, duplicate: boolean]>([
    ['{"model":"gpt-4o"}', 'gpt-4o', false],
    ['\ufeff {"model":"m"}', 'm', false],
    ['{"a":{"model":"no"},"b":["model","no"],"c":"\\"model\\":\\"no\\""}', undefined, false],
    ['{"model":"a","model":"b"}', 'b', true],
    ['{"model":"a","\\u006dodel":"b"}', 'b', true],
    ['{"model":"a","model":{"x":1}}', undefined, true],
    ['{"model":1}', undefined, false],
    ['{"model":null}', undefined, false],
    ['{"model":""}', '', false],
    ['{}', undefined, false],
    [' { } ', undefined, false],
  ])('of %s', (text, expectedValue, duplicate) => {
    expect(find(text)).toEqual({ value: expectedValue, duplicate, malformed: false });
  });

  it.each([
    '',
    ' ',
    '[]',
    '"model"',
    'null',
    '{',
    '{"model"',
    '{"model":',
    '{"model":"a"',
    '{"model":"a",}',
    '{"model":"a"}}',
    '{"model":"a"} x',
    '{"model":"a" "b":1}',
    "{'model':'a'}",
    '{model:"a"}',
    '{"model":"a\\x"}',
    '{"model":"a\nb"}',
    '{"a":[}],"model":"b"}',
    '{"a":[//"\n],"model":"b"}',
    '{"a":/**/1}',
    '{"model":tru}',
    '{"model":01}',
    '{,"model":"a"}',
    '\ufeff\ufeff{}',
    '{"model":"a"}\ufeff',
  ])('calls %j malformed', (text) => {
    expect(find(text).malformed).toBe(true);
  });
});
