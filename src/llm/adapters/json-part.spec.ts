import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastObject } from './json-part.js';

describe('lastObject', () => {
  it('finds the object that JSON.parse finds, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }),
        fc.string(),
        fc.integer(),
        (usage, text, n) => {
          const body = JSON.stringify({
            text: `${text} "usage": {"fake": 1}`,
            n,
            usage: JSON.parse(JSON.stringify(usage)),
          });
          const found = lastObject(body, '"usage"');
          // A field of the same name inside of it comes later in the text; then that one is found.
          if (!JSON.stringify(usage).includes('"usage"')) expect(found).toEqual(JSON.parse(body).usage);
        },
      ),
    );
  });

  it('reads the end of a text that has lost its beginning', () => {
    expect(lastObject('…"}],"usage":{"prompt_tokens":3}}', '"usage"')).toEqual({ prompt_tokens: 3 });
  });

  it.each(['', '{"usage":null}', '{"usage":{"a":1', '{"usage":{bad}}', '"\\"usage\\":{}"'])(
    'answers nothing for %s',
    (text) => {
      expect(lastObject(text, '"usage"')).toBeUndefined();
    },
  );
});
