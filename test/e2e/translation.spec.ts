import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MODEL, openHouse, type House } from './support/house.ts';
import { CALLERS } from './support/translated-callers.ts';

const UPSTREAMS = ['openai', 'anthropic', 'gemini'] as const;

/** By the upstream that has them. */
const MODELS = {
  openai: MODEL.openai,
  anthropic: MODEL.anthropic,
  gemini: MODEL.gemini,
  chatOnly: 'by-chat-completions',
  responsesFirst: 'by-responses',
};

let house: House;

beforeAll(async () => {
  house = await openHouse();
  for (const speech of UPSTREAMS) {
    await house.pool(speech, speech, ['good', 'good'], { models: [MODEL[speech]] });
  }
  await house.pool('chat-only', 'openai', ['good', 'good'], {
    models: [MODELS.chatOnly],
    modelMap: { [MODELS.chatOnly]: MODEL.openai },
    responsesApi: 'none',
  });
  await house.pool('responses-first', 'openai', ['good', 'good'], {
    models: [MODELS.responsesFirst],
    modelMap: { [MODELS.responsesFirst]: MODEL.openai },
    responsesApi: 'preferred',
  });
});

afterAll(() => house.close());

describe.each(CALLERS)('a client of $name', (caller) => {
  describe.each(Object.entries(MODELS))('with a model of %s', (_upstream, model) => {
    it.each([false, true])('gets text, with its counts (stream: %s)', async (stream) => {
      const heard = await caller.ask(house, model, { stream, tool: false });
      expect(heard.text).toBe('You said: hello there');
      expect(heard.finish).toBe(caller.finishes.stop);
      expect(heard.input).toBeGreaterThan(0);
      expect(heard.output).toBeGreaterThan(0);
    });

    it.each([false, true])('gets a call of a tool (stream: %s)', async (stream) => {
      const heard = await caller.ask(house, model, { stream, tool: true });
      expect(heard.calls).toEqual([{ name: 'weather', city: 'Paris' }]);
      expect(heard.finish).toBe(caller.finishes.calls);
    });

    it('goes on with the result of a call', async () => {
      expect(await caller.loop(house, model)).toContain('21 degrees');
    });
  });
});
