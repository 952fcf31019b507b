import type { Json } from '../../../fakes/programmed-upstream/programmed-upstream.ts';
import type { AskedFeature, PerDialect } from '../feature.ts';

const group = 'Prompt caches';
const BOOK = 'A long book.';
const user = { role: 'user', content: 'Hi' };

/** A system prompt with a mark, as each dialect sets it. */
const marked = {
  chat: (prompt_cache_breakpoint: Json) => ({
    messages: [{ role: 'system', content: [{ type: 'text', text: BOOK, prompt_cache_breakpoint }] }, user],
  }),
  responses: (prompt_cache_breakpoint: Json) => ({
    input: [{ role: 'system', content: [{ type: 'input_text', text: BOOK, prompt_cache_breakpoint }] }, user],
  }),
  anthropic: (cache_control: Json) => ({ system: [{ type: 'text', text: BOOK, cache_control }] }),
};

/** What an upstream sees of it. */
const seen = (breakpoint: Json, control: Json): PerDialect<Json> => ({
  chat: { messages: [{ content: [{ text: BOOK, prompt_cache_breakpoint: breakpoint }] }, {}] },
  responses: { input: [{ content: [{ text: BOOK, prompt_cache_breakpoint: breakpoint }] }, {}] },
  anthropic: marked.anthropic(control),
});

/** From this one on, there are marks at OpenAI. */
const models = { openai: 'gpt-5.6' };
const EXPLICIT = { mode: 'explicit' };
const HALF_A_DAY = { mode: 'explicit', ttl: '12h' };
const EPHEMERAL = { type: 'ephemeral' };
const AN_HOUR = { type: 'ephemeral', ttl: '1h' };

export const CACHES: readonly AskedFeature[] = [
  {
    group,
    name: 'marks',
    says: {
      chat: marked.chat(EXPLICIT),
      responses: marked.responses(EXPLICIT),
      anthropic: marked.anthropic(EPHEMERAL),
    },
    models,
    seen: seen(EXPLICIT, EPHEMERAL),
  },
  {
    group,
    name: 'marks that last an hour',
    near: 'half a day: OpenAI has nothing between it and half an hour',
    says: { anthropic: marked.anthropic(AN_HOUR) },
    models,
    seen: {},
    mapped: seen(HALF_A_DAY, AN_HOUR),
  },
  {
    group,
    name: 'marks that last half a day',
    near: 'an hour, the longest that Anthropic has',
    says: { chat: marked.chat(HALF_A_DAY), responses: marked.responses(HALF_A_DAY) },
    models,
    seen: { ...seen(HALF_A_DAY, AN_HOUR), anthropic: { 'no word for it': true } },
    mapped: seen(HALF_A_DAY, AN_HOUR),
  },
  {
    group,
    name: 'how long all of them may last (prompt_cache_retention)',
    says: { chat: { prompt_cache_retention: '24h' }, responses: { prompt_cache_retention: '24h' } },
    seen: { chat: { prompt_cache_retention: '24h' }, responses: { prompt_cache_retention: '24h' } },
  },
  {
    group,
    name: 'key',
    says: { chat: { prompt_cache_key: 'k1' }, responses: { prompt_cache_key: 'k1' } },
    seen: { chat: { prompt_cache_key: 'k1' }, responses: { prompt_cache_key: 'k1' } },
  },
  {
    group,
    name: 'contents that lie there (cachedContent)',
    says: { gemini: { cachedContent: 'cachedContents/abc' } },
    seen: { gemini: { cachedContent: 'cachedContents/abc' } },
  },
];
