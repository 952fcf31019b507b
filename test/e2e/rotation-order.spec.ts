import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './support/ask.ts';
import { openHouse, type House } from './support/house.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});

afterAll(() => house.close());

describe('the order of turns', () => {
  it('is that in which the keys were added, whatever order the database answers in', async () => {
    const keys = await house.pool(
      'turns',
      'openai',
      Array.from({ length: 12 }, () => 'good' as const),
    );
    house.upstream.forget();
    for (let turn = 0; turn < keys.length; turn += 1)
      expect((await ask(house, 'turns', 'openai')).status).toBe(200);
    expect(keys.map((key) => house.upstream.callsWith(key).length)).toEqual(keys.map(() => 1));
    expect(house.upstream.calls.map(({ key }) => key)).toEqual(keys);
  });

  it('begins with the first key each time where rotation is sequential', async () => {
    const keys = await house.pool('first', 'openai', ['good', 'good', 'good'], { rotation: 'sequential' });
    house.upstream.forget();
    for (let turn = 0; turn < keys.length; turn += 1)
      expect((await ask(house, 'first', 'openai')).status).toBe(200);
    expect(keys.map((key) => house.upstream.callsWith(key).length)).toEqual([3, 0, 0]);
  });
});
