import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeTopLevel } from './change-top-level.js';

const NAMES = ['tools', 'config'];
const text = (chunks: readonly Buffer[]) => Buffer.concat([...chunks]).toString();
const inChunks = (body: string, size: number) =>
  Array.from({ length: Math.ceil(body.length / size) }, (_, n) =>
    Buffer.from(body.slice(n * size, (n + 1) * size)),
  );

describe('changeTopLevel', () => {
  it('replaces and adds named fields, and leaves every other byte', () => {
    const body = '{ "big": 9007199254740993, "config" : {"a":1},"x":[ ] }';
    const changed = changeTopLevel([Buffer.from(body)], NAMES, (fields) => ({
      ...fields,
      config: { ...(fields['config'] as object), b: 2 },
      tools: [1],
    }));
    expect(text(changed)).toBe('{"tools":[1], "big": 9007199254740993, "config" : {"a":1,"b":2},"x":[ ] }');
    expect(text(changeTopLevel([Buffer.from('{}')], NAMES, () => ({ tools: 1 })))).toBe('{"tools":1}');
  });

  it('is the very same list where nothing changes', () => {
    const chunks = [Buffer.from('{"config":{}}')];
    expect(changeTopLevel(chunks, NAMES, (fields) => fields)).toBe(chunks);
  });

  it.each(['', '[]', '{"a":', '{"config":nope}', '{"config":{"a":}}'])('refuses %s', (body) => {
    const change = () => changeTopLevel([Buffer.from(body)], NAMES, (fields) => ({ ...fields, tools: 1 }));
    expect(change).toThrow(expect.objectContaining({ code: 'bad_body' }));
  });

  it('refuses what is nested too deep, and does not break', () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    const chunks = [Buffer.from(`{"config":{"a":${deep}}}`)];
    const change = () =>
      changeTopLevel(chunks, NAMES, (fields) => ({ config: { ...(fields['config'] as object), b: 1 } }));
    expect(change).toThrow(expect.objectContaining({ code: 'bad_body' }));
  });

  it('says the same as parsing the whole, wherever the chunks end', () => {
    const bodies = fc.dictionary(fc.constantFrom('tools', 'config', 'messages', 'ü'), fc.jsonValue());
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: 20 }), (body, size) => {
        const change = (fields: Readonly<Record<string, unknown>>) => ({ ...fields, tools: ['new'] });
        const bytes = Buffer.from(JSON.stringify(body));
        const chunks = inChunks(bytes.toString('latin1'), size).map((chunk) =>
          Buffer.from(chunk.toString(), 'latin1'),
        );
        const changed = JSON.parse(text(changeTopLevel(chunks, NAMES, change))) as unknown;
        expect(changed).toEqual(JSON.parse(JSON.stringify({ ...body, tools: ['new'] })));
      }),
    );
  });
});
