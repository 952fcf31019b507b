import { createCache } from 'cache-manager';
import { describe, expect, it } from 'vitest';
import { Settings } from '../../settings/settings.js';
import { KeptResponses } from './kept-responses.js';
import { resumed } from './resume.js';

const KEPT = {
  response: { id: 'resp_a', output: [{ type: 'message', id: 'msg_a_0', role: 'assistant', content: [] }] },
  input: [{ role: 'user', id: 'in_a_0', content: 'first' }],
};
const find = (id: string) => Promise.resolve(id === 'resp_a' ? KEPT : undefined);

describe('a body that names an earlier answer', () => {
  it('gets what was said before, and forgets the name', async () => {
    const body = { model: 'm', input: 'next', previous_response_id: 'resp_a' };
    expect(await resumed(body, find)).toEqual({
      model: 'm',
      resumed_response_id: 'resp_a',
      input: [
        ...KEPT.input,
        ...KEPT.response.output,
        { role: 'user', content: [{ type: 'input_text', text: 'next' }] },
      ],
    });
  });

  it('gets the items that it refers to', async () => {
    const input = [
      { type: 'item_reference', id: 'in_a_0' },
      { type: 'item_reference', id: 'msg_a_0' },
      { role: 'user', content: 'next' },
    ];
    expect(await resumed({ input }, find)).toEqual({
      input: [KEPT.input[0], KEPT.response.output[0], input[2]],
    });
  });

  it.each([
    { input: 'x' },
    { input: 'x', previous_response_id: 'resp_b' },
    { input: [{ type: 'item_reference', id: 'msg_b_0' }] },
    { input: [{ type: 'item_reference', id: 'msg_a_7' }] },
    { input: [{ type: 'item_reference' }, null, 7] },
    { previous_response_id: 7 },
  ])('%j stays as it is where nothing is known', async (body) => {
    expect(await resumed(body, find)).toEqual(body);
  });
});

describe('kept answers', () => {
  const kept = (hours = 24) => {
    const settings = new Settings();
    settings.replace({ ...settings.values, responsesStateHours: hours });
    return new KeptResponses(createCache(), settings);
  };

  it('are found by their owner, at once and from the cache', async () => {
    const room = kept();
    room.put('me', 'resp_a', KEPT);
    expect(await room.find('me', 'resp_a')).toBe(KEPT);
    await expect.poll(async () => (await room.find('me', 'resp_a')) !== KEPT).toBe(true);
    expect(await room.find('me', 'resp_a')).toEqual(KEPT);
    expect(await room.find('you', 'resp_a')).toBeUndefined();
  });

  it('are gone when they are deleted, even on their way into the cache', async () => {
    const room = kept();
    room.put('me', 'resp_a', KEPT);
    expect(await room.remove('me', 'resp_a')).toBe(true);
    expect(await room.find('me', 'resp_a')).toBeUndefined();
    expect(await room.remove('me', 'resp_a')).toBe(false);
  });

  it('are as many as there is room for: the oldest goes first', async () => {
    class Narrow extends KeptResponses {
      protected override readonly mostBytes = 1000;
    }
    const room = new Narrow(createCache(), new Settings());
    for (let n = 0; n < 20; n++) {
      room.put('me', `resp_${n}`, KEPT);
      await expect.poll(async () => (await room.find('me', `resp_${n}`)) !== KEPT).toBe(true);
    }
    expect(await room.find('me', 'resp_0')).toBeUndefined();
    expect(await room.find('me', 'resp_19')).toEqual(KEPT);
  });

  it('are none where the setting is 0, and none that are too large', async () => {
    const off = kept(0);
    off.put('me', 'resp_a', KEPT);
    expect(await off.find('me', 'resp_a')).toBeUndefined();
    const room = kept();
    room.put('me', 'resp_b', { response: { text: 'x'.repeat(9 * 1024 * 1024) }, input: [] });
    await expect.poll(() => room.find('me', 'resp_b')).toBeUndefined();
  });
});
