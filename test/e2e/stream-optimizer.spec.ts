import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HeldUpstream } from '../fakes/held-upstream.ts';
import { type Dialect, SPOKEN } from './support/dialects.ts';
import { openHouse, type House } from './support/house.ts';

const DIALECTS = ['chat', 'anthropic', 'gemini'] as const satisfies readonly Dialect[];
const BURST = 'Twelve young quizmasters 👩‍👩‍👧 jumped over a big fox of café origin, twice. ';
const OFTEN = 4;

let house: House;
let held: HeldUpstream;

beforeAll(async () => {
  house = await openHouse();
  held = await HeldUpstream.start();
  for (const dialect of [...DIALECTS, 'responses'] as const) {
    const { protocol } = SPOKEN[dialect];
    const baseUrl = held.url + (protocol === 'openai' ? '/v1' : '');
    await house.admin.addUpstream({
      slug: `held-${dialect}`,
      protocol,
      baseUrl,
      models: [`held-${dialect}`],
    });
    await house.admin.addKeys(`held-${dialect}`, [`key-of-${dialect}-0000`]);
  }
  await house.admin.ask('PATCH', '/api/admin/settings', { streamOptimizer: true });
});

afterAll(async () => {
  await house.close();
  await held.close();
});

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Bursts with time between them, all of it text, then the end. */
async function play(caller: Dialect, model: Dialect) {
  const spoken = SPOKEN[model];
  const stream = SPOKEN[caller].ask(house.url, house.token, `held-${model}`);
  const call = (await held.call()).stream();
  await call.write(spoken.begin);
  for (let n = 0; n < OFTEN; n++) {
    await call.write(spoken.text(BURST));
    await wait(250);
  }
  await call.write(spoken.end);
  call.end();
  await stream.isOver();
  return stream;
}

const count = (stream: string, part: RegExp) => [...stream.matchAll(part)].length;
const PIECES: Readonly<Record<Dialect, RegExp>> = {
  chat: /"content":"[^"]/g,
  responses: /"response\.output_text\.delta"/g,
  anthropic: /"text_delta"/g,
  gemini: /"text":"[^"]/g,
};

describe.each([...DIALECTS, 'responses'] as const)('a client of %s', (caller) => {
  const models: readonly Dialect[] = caller === 'responses' ? ['responses'] : DIALECTS;

  it.each(models)('gets all text of a model of %s in small pieces', async (model) => {
    const stream = await play(caller, model);
    expect(stream.over).toBe('ended');
    expect(SPOKEN[caller].read(stream.text)).toBe(BURST.repeat(OFTEN));
    expect(count(stream.text, PIECES[caller])).toBeGreaterThan(OFTEN * 2);
    for (const line of stream.text.split('\n')) {
      if (line.startsWith('data: {')) expect(() => JSON.parse(line.slice(6)) as unknown).not.toThrow();
    }
  });

  it('hears of a break behind the text that was held back', async () => {
    const { text, begin } = SPOKEN[caller];
    const stream = SPOKEN[caller].ask(house.url, house.token, `held-${caller}`);
    const call = (await held.call()).stream();
    await call.write(begin);
    for (let n = 0; n < 3; n++) {
      await call.write(text(BURST));
      if (n < 2) await wait(250);
    }
    await stream.holds('Twelve');
    call.end();
    await stream.isOver();
    expect(stream.over).toBe('broken');
    expect(SPOKEN[caller].read(stream.text)).toBe(BURST.repeat(3));
    expect(stream.text).toContain('upstream_broken');
  });

  it('that leaves cancels the upstream’s call', async () => {
    const { text, begin } = SPOKEN[caller];
    const stream = SPOKEN[caller].ask(house.url, house.token, `held-${caller}`);
    const call = (await held.call()).stream();
    await call.write(begin + text(BURST));
    await stream.holds('Twelve');
    await call.write(text(BURST));
    stream.leave();
    await expect.poll(() => call.closed).toBe(true);
  });
});

it('changes nothing once it is switched off', async () => {
  await house.admin.ask('DELETE', '/api/admin/settings/streamOptimizer');
  const stream = await play('chat', 'chat');
  const { begin, text, end } = SPOKEN.chat;
  expect(stream.text).toBe(begin + text(BURST).repeat(OFTEN) + end);
});
