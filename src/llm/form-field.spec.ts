import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundaryOf, findFormField, withFormField } from './form-field.js';

const BOUNDARY = '----form-1234';

function form(parts: readonly { head: string; value: string }[]): Buffer {
  const text = parts.map(
    ({ head, value }) => `--${BOUNDARY}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`,
  );
  return Buffer.from(`${text.join('')}--${BOUNDARY}--\r\n`, 'latin1');
}

function split(body: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % body.length))].sort((a, b) => a - b);
  const chunks: Buffer[] = [];
  let from = 0;
  for (const place of [...places, body.length]) {
    chunks.push(body.subarray(from, place));
    from = place;
  }
  return chunks;
}

const FILE = {
  head: 'name="file"; filename="a.wav"\r\nContent-Type: audio/wav',
  value: 'x\r\nname="model"\r\n\r\nnot-this\r\n',
};
const MODEL = { head: 'name="model"', value: 'whisper-1' };

describe('boundaryOf', () => {
  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data;charset=utf-8; boundary="a b"', 'a b'],
    ['application/json', undefined],
    ['multipart/form-data', undefined],
  ])('%s → %s', (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary);
  });
});

describe('findFormField', () => {
  it('finds the field before and behind a file, and never inside of one', () => {
    expect(findFormField([form([MODEL, FILE])], BOUNDARY, 'model')?.value).toBe('whisper-1');
    expect(findFormField([form([FILE, MODEL])], BOUNDARY, 'model')?.value).toBe('whisper-1');
    expect(findFormField([form([FILE])], BOUNDARY, 'model')).toBeUndefined();
  });

  it('takes a file that is called model for what it is', () => {
    expect(
      findFormField([form([{ head: 'name="model"; filename="m"', value: 'x' }])], BOUNDARY, 'model'),
    ).toBeUndefined();
  });

  it('finds and replaces it wherever the chunks are cut', () => {
    const body = form([FILE, MODEL, { head: 'name="language"', value: 'de' }]);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5000 }), { maxLength: 12 }), (cuts) => {
        const chunks = split(body, cuts);
        const field = findFormField(chunks, BOUNDARY, 'model');
        expect(field?.value).toBe('whisper-1');
        const changed = Buffer.concat(withFormField(chunks, field!, 'other')).toString('latin1');
        expect(changed).toBe(body.toString('latin1').replace('whisper-1', 'other'));
      }),
    );
  });
});
