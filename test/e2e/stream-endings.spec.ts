import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Scripted } from '../fakes/scripted-upstream/behaviour.ts';
import { openHouse, type House } from './support/house.ts';
import { anthropicClient, googleClient, openaiClient } from './support/sdk-clients.ts';

const TEXT = 'one two three four five six seven eight';

/** What an SDK showed of a stream: its text, its last event, and whether it threw. */
interface Seen {
  text: string;
  last: string;
  threw: boolean;
}

let house: House;

beforeAll(async () => {
  house = await openHouse();
  const timeouts = { idleTimeoutMs: 400 };
  await house.pool('openai', 'openai', ['good', 'good'], { models: ['gpt-4o-mini'], timeouts });
  await house.pool('anthropic', 'anthropic', ['good', 'good'], { models: ['claude-haiku-4-5'], timeouts });
  await house.pool('gemini', 'gemini', ['good', 'good'], { models: ['gemini-2.5-flash'], timeouts });
});

afterAll(() => house.close());

async function watch(
  stream: () => Promise<AsyncIterable<unknown>>,
  read: (event: never, seen: Seen) => void,
): Promise<Seen> {
  const seen: Seen = { text: '', last: '', threw: false };
  try {
    for await (const event of await stream()) read(event as never, seen);
  } catch {
    seen.threw = true;
  }
  return seen;
}

interface TypedEvent {
  readonly type: string;
  readonly delta?: unknown;
}

const WAYS: Readonly<Record<string, () => Promise<Seen>>> = {
  'OpenAI chat': () =>
    watch(
      () =>
        openaiClient(house.url, house.token).chat.completions.create({
          model: 'gpt-4o-mini',
          messages: [{ role: 'user', content: TEXT }],
          stream: true,
        }),
      (chunk: { choices: { delta: { content?: string | null } }[] }, seen) =>
        (seen.text += chunk.choices[0]?.delta.content ?? ''),
    ),
  'OpenAI Responses': () =>
    watch(
      () =>
        openaiClient(house.url, house.token).responses.create({
          model: 'gpt-4o-mini',
          input: TEXT,
          stream: true,
        }),
      (event: TypedEvent, seen) => {
        seen.last = event.type;
        if (event.type === 'response.output_text.delta') seen.text += String(event.delta);
      },
    ),
  Anthropic: () =>
    watch(
      () =>
        anthropicClient(house.url, house.token).messages.create({
          model: 'claude-haiku-4-5',
          max_tokens: 64,
          messages: [{ role: 'user', content: TEXT }],
          stream: true,
        }),
      (event: TypedEvent, seen) => {
        seen.last = event.type;
        if (event.type === 'content_block_delta') seen.text += (event.delta as { text: string }).text;
      },
    ),
  Gemini: () =>
    watch(
      () =>
        googleClient(house.url, house.token).models.generateContentStream({
          model: 'gemini-2.5-flash',
          contents: TEXT,
        }),
      (chunk: { text?: string }, seen) => (seen.text += chunk.text ?? ''),
    ),
};

const ALL = `You said: ${TEXT}`;

/** After eight events every protocol has delivered some text, and none all of it. */
const BREAKS: readonly (readonly [name: string, behaviour: Scripted])[] = [
  ['the upstream resets the connection', { kind: 'reset_in_stream', after: 8 }],
  ['the upstream ends early, in good order', { kind: 'early_end', after: 8 }],
  ['the upstream falls silent', { kind: 'silence_in_stream', after: 8 }],
  ['the upstream sends an error event', { kind: 'error_in_stream', after: 8 }],
];

describe.each(Object.entries(WAYS))('%s', (name, stream) => {
  // As many good calls as broken ones: the breaker stays out of it.
  beforeEach(async () => {
    await stream();
    house.upstream.forget();
  });

  it('a good stream ends well', async () => {
    expect(await stream()).toMatchObject({ text: ALL, threw: false });
  });

  it.each(BREAKS)('%s after the first byte: the SDK tells', async (_what, behaviour) => {
    house.upstream.next(behaviour);
    const seen = await stream();
    expect(ALL.startsWith(seen.text) && seen.text.length > 0 && seen.text !== ALL).toBe(true);
    if (name === 'OpenAI Responses')
      expect(seen.threw || ['error', 'response.failed'].includes(seen.last)).toBe(true);
    else expect(seen.threw).toBe(true);
  });

  // Gemini's first event holds text already, and a chat's first chunk is passed on as it comes.
  it.each(name === 'Anthropic' || name === 'OpenAI Responses' ? [0, 1] : [0])(
    'an error event after a 200 and %i events without content: another attempt',
    async (after) => {
      house.upstream.forget();
      house.upstream.next({ kind: 'error_in_stream', after });
      expect(await stream()).toMatchObject({ text: ALL, threw: false });
      expect(house.upstream.calls).toHaveLength(2);
    },
  );

  it('never repeats text that is out', async () => {
    house.upstream.next({ kind: 'reset_in_stream', after: 8 });
    await stream();
    expect(house.upstream.calls).toHaveLength(1);
  });
});
