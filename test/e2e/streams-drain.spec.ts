import { afterAll, beforeAll, expect, it } from 'vitest';
import { HeldUpstream } from '../fakes/held-upstream.ts';
import { type Dialect, SPOKEN } from './support/dialects.ts';
import { openHouse } from './support/house.ts';

const DIALECTS = ['chat', 'anthropic', 'gemini'] as const satisfies readonly Dialect[];
const BEATS = { chat: ': keep-alive', anthropic: 'event: ping', gemini: ': keep-alive' } as const;

let held: HeldUpstream;

beforeAll(async () => void (held = await HeldUpstream.start()));
afterAll(() => held.close());

it.each(['off', 'on'])(
  'streams that outlast the drain end as breaks, for all (smoothed: %s)',
  async (smoothed) => {
    const env = { DRAIN_SECONDS: '1', KEYWHEEL_STREAM_OPTIMIZER: String(smoothed === 'on') };
    const house = await openHouse({ env });
    for (const dialect of DIALECTS) {
      const baseUrl = held.url + (dialect === 'chat' ? '/v1' : '');
      const { protocol } = SPOKEN[dialect];
      const slug = `held-${dialect}`;
      const models = [slug, `whole-${dialect}`];
      await house.admin.addUpstream({ slug, protocol, baseUrl, models, noStreaming: ['whole-*'] });
      await house.admin.addKeys(slug, [`key-of-held-${dialect}`]);
    }
    const open = [];
    for (const caller of DIALECTS) {
      for (const model of DIALECTS) {
        const stream = SPOKEN[caller].ask(house.url, house.token, `held-${model}`);
        const call = (await held.call()).stream();
        await call.write(SPOKEN[model].begin + SPOKEN[model].text('some '));
        await stream.holds('some');
        open.push({ caller, stream, call });
      }
      const stream = SPOKEN[caller].ask(house.url, house.token, `whole-${caller}`);
      const call = await held.call();
      await stream.holds(BEATS[caller]);
      open.push({ caller, stream, call });
    }
    const ended = await house.gateway.stop();
    expect(ended.code).toBe(0);
    for (const { caller, stream, call } of open) {
      await stream.isOver();
      expect(stream.over).toBe('broken');
      expect(stream.text).toContain('"draining"');
      expect(stream.text).toContain(caller === 'anthropic' ? 'event: error\n' : 'data: {"error":');
      await expect.poll(() => call.closed).toBe(true);
    }
    await house.upstream.close();
  },
);
