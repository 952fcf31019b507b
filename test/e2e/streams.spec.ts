import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HeldUpstream } from '../fakes/held-upstream.ts';
import { type Dialect, SPOKEN } from './support/dialects.ts';
import { openHouse, type House } from './support/house.ts';
import { until } from './support/until.ts';

const DIALECTS = ['chat', 'anthropic', 'gemini'] as const satisfies readonly Dialect[];

let house: House;
let held: HeldUpstream;

beforeAll(async () => {
  house = await openHouse();
  held = await HeldUpstream.start();
  for (const dialect of DIALECTS) {
    const { protocol } = SPOKEN[dialect];
    const baseUrl = held.url + (dialect === 'chat' ? '/v1' : '');
    const slug = `held-${dialect}`;
    const more = dialect === 'chat' ? { responsesApi: 'none' } : {};
    await house.admin.addUpstream({ slug, protocol, baseUrl, models: [slug], ...more });
    await house.admin.addKeys(
      slug,
      [1, 2, 3].map((n) => `key-${n}-of-${dialect}-000`),
    );
  }
});

afterAll(async () => {
  await house.close();
  await held.close();
});

/** The last event of a stream that broke. */
const FAILURES: Readonly<Record<Dialect, RegExp>> = {
  chat: /^data: {"error":/m,
  responses: /^event: (?:error|response\.failed)\n/m,
  anthropic: /^event: error\n/m,
  gemini: /^data: {"error":/m,
};

describe.each([...DIALECTS, 'responses'] as const)('a client of %s', (caller) => {
  const { read } = SPOKEN[caller];
  const ask = (model: Dialect) => SPOKEN[caller].ask(house.url, house.token, `held-${model}`);

  /** A stream of which the client has had two pieces. */
  const begun = async (model: Dialect) => {
    const stream = ask(model);
    const call = (await held.call()).stream();
    const { begin, text } = SPOKEN[model];
    await call.write(begin + text('one '));
    await stream.holds('one');
    await call.write(text('two '));
    await stream.holds('two');
    return { stream, call };
  };

  describe.each(DIALECTS)('with a model of %s', (model) => {
    const { begin, text, end, error } = SPOKEN[model];

    it('gets each event before the upstream sends the next', async () => {
      const { stream, call } = await begun(model);
      for (const word of ['three', 'four', 'five']) {
        await call.write(text(word));
        await stream.holds(word);
      }
      await call.write(end);
      call.end();
      await stream.isOver();
      expect(stream.over).toBe('ended');
      expect(read(stream.text)).toBe('one two threefourfive');
    });

    it.each([
      ['an error event', (call: Held) => call.write(begin + error).then(() => call.end())],
      ['an early end', (call: Held) => call.write(begin).then(() => call.end())],
      ['a reset', (call: Held) => call.write(begin || ': hello\n\n').then(() => call.reset())],
    ])('does not see %s before anything of the answer: another attempt', async (_what, fail) => {
      const stream = ask(model);
      await fail((await held.call()).stream());
      const second = (await held.call()).stream();
      await second.write(begin + text('at last') + end);
      second.end();
      await stream.isOver();
      expect(stream).toMatchObject({ status: 200, over: 'ended' });
      expect(read(stream.text)).toBe('at last');
    });

    it.each([
      ['an early end', (call: Held) => void call.end()],
      ['a reset', (call: Held) => void call.reset()],
      ['an error event', (call: Held) => void call.write(error).then(() => call.end())],
    ])('hears of %s behind text, in its own protocol, and loses the socket', async (_what, fail) => {
      const { stream, call } = await begun(model);
      fail(call);
      await stream.isOver();
      expect(stream.over).toBe('broken');
      expect(read(stream.text)).toBe('one two ');
      const last = stream.text.trimEnd().split('\n\n').at(-1)!;
      expect(last).toMatch(FAILURES[caller]);
      expect(stream.text).not.toMatch(/\[DONE\]|message_stop|"finishReason"|response\.completed/);
    });

    it('that leaves cancels the upstream’s call', async () => {
      const { stream, call } = await begun(model);
      stream.leave();
      await until(() => call.closed, 'the upstream to see the end', 5000);
    });
  });
});

type Held = Awaited<ReturnType<HeldUpstream['call']>>;

it('counts of a stream that the client left are in the statistics', async () => {
  const before = await tokens('held-anthropic');
  const stream = SPOKEN.chat.ask(house.url, house.token, 'held-anthropic');
  const call = (await held.call()).stream();
  await call.write(SPOKEN.anthropic.begin + SPOKEN.anthropic.text('one'));
  await stream.holds('one');
  stream.leave();
  await until(() => call.closed, 'the upstream to see the end');
  await until(async () => (await tokens('held-anthropic')) === before + 6, 'counts of the stream');
});

async function tokens(slug: string): Promise<number> {
  const stats = await house.admin.get<Stats>('/stats?window=1h');
  const found = stats.byUpstream.find(({ upstream }) => upstream === slug);
  return found ? found.inputTokens + found.outputTokens : 0;
}

interface Stats {
  readonly byUpstream: readonly { upstream: string; inputTokens: number; outputTokens: number }[];
}

const ODD = [
  ': a comment\n\n',
  ': with CRLF\r\n\r\n',
  'id: 7\nretry: 3000\n',
  'data: {"choices":\ndata: [{"index":0,"delta":{"content":"two lines"}}]}\n\n',
  'event: message\r\ndata: {"choices":[{"index":0,"delta":{"content":"größer 👩‍👩‍👧 漢字"}}]}\r\n\r\n',
  'data:{"choices":[{"index":0,"delta":{"content":"no space"}}],"x":9007199254740993}\n\n',
  '\n\n\n',
  'unknown: field\n\n',
];

it('passes every byte of its own protocol as it came, wherever the chunks are cut', async () => {
  for (let round = 0; round < 20; round++) {
    const events = Array.from({ length: 30 }, () => ODD[randomInt(ODD.length)]);
    const bytes = Buffer.from(SPOKEN.chat.text('first') + events.join('') + SPOKEN.chat.end);
    const stream = SPOKEN.chat.ask(house.url, house.token, 'held-chat');
    const call = (await held.call()).stream();
    for (let at = 0; at < bytes.length;) {
      const next = at + 1 + randomInt(40);
      await call.write(bytes.subarray(at, next));
      at = next;
    }
    call.end();
    await stream.isOver();
    expect(stream.over).toBe('ended');
    expect(stream.text).toBe(bytes.toString('utf8'));
    expect(stream.bytes.equals(bytes)).toBe(true);
  }
});
