import type { Json } from '../../../fakes/programmed-upstream/programmed-upstream.ts';
import type { AskedFeature } from '../feature.ts';

const group = 'Messages';
const chat = (...messages: Json[]) => ({ messages });
const gemini = (...contents: [string, ...string[]][]) => ({
  contents: contents.map(([role, ...texts]) => ({ role, parts: texts.map((text) => ({ text })) })),
});
const input = (...items: Json[]) => ({ input: items });

export const MESSAGES: readonly AskedFeature[] = [
  {
    group,
    name: 'text',
    says: { chat: {}, responses: {}, anthropic: {}, gemini: {} },
    script: ['user text Hi'],
  },
  {
    group,
    name: 'system',
    says: {
      chat: chat({ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Hi' }),
      responses: { instructions: 'Be brief.' },
      anthropic: { system: 'Be brief.' },
      gemini: { systemInstruction: { parts: [{ text: 'Be brief.' }] } },
    },
    script: ['system text Be brief.', 'user text Hi'],
    mappedScript: { chat: ['developer text Be brief.', 'user text Hi'] },
  },
  {
    group,
    name: 'developer',
    near: 'instructions of the system',
    says: {
      chat: chat({ role: 'developer', content: 'Be brief.' }, { role: 'user', content: 'Hi' }),
      responses: input({ role: 'developer', content: 'Be brief.' }, { role: 'user', content: 'Hi' }),
    },
    script: ['developer text Be brief.', 'user text Hi'],
    mappedScript: {
      chat: ['system text Be brief.', 'user text Hi'],
      anthropic: ['system text Be brief.', 'user text Hi'],
      gemini: ['system text Be brief.', 'user text Hi'],
    },
  },
  {
    group,
    name: 'several turns',
    says: {
      chat: chat(
        { role: 'user', content: 'One' },
        { role: 'assistant', content: 'Two' },
        { role: 'user', content: 'Three' },
      ),
      responses: input(
        { role: 'user', content: 'One' },
        { role: 'assistant', content: 'Two' },
        { role: 'user', content: 'Three' },
      ),
      anthropic: chat(
        { role: 'user', content: 'One' },
        { role: 'assistant', content: 'Two' },
        { role: 'user', content: 'Three' },
      ),
      gemini: gemini(['user', 'One'], ['model', 'Two'], ['user', 'Three']),
    },
    script: ['user text One', 'assistant text Two', 'user text Three'],
  },
  {
    group,
    name: 'several parts in one message',
    says: {
      chat: chat({
        role: 'user',
        content: [
          { type: 'text', text: 'One' },
          { type: 'text', text: 'Two' },
        ],
      }),
      responses: input({
        role: 'user',
        content: [
          { type: 'input_text', text: 'One' },
          { type: 'input_text', text: 'Two' },
        ],
      }),
      anthropic: chat({
        role: 'user',
        content: [
          { type: 'text', text: 'One' },
          { type: 'text', text: 'Two' },
        ],
      }),
      gemini: gemini(['user', 'One', 'Two']),
    },
    script: ['user text One', 'user text Two'],
  },
  {
    group,
    name: 'instructions between messages',
    says: {
      chat: chat(
        { role: 'user', content: 'One' },
        { role: 'assistant', content: 'Two' },
        { role: 'system', content: 'Now in French.' },
        { role: 'user', content: 'Three' },
      ),
      responses: input(
        { role: 'user', content: 'One' },
        { role: 'assistant', content: 'Two' },
        { role: 'system', content: 'Now in French.' },
        { role: 'user', content: 'Three' },
      ),
    },
    script: ['user text One', 'assistant text Two', 'system text Now in French.', 'user text Three'],
    mappedScript: {
      // Models that know no such messages get all instructions at the beginning.
      anthropic: ['system text Now in French.', 'user text One', 'assistant text Two', 'user text Three'],
      gemini: ['user text One', 'assistant text Two', 'user text Now in French.', 'user text Three'],
    },
  },
  {
    group,
    name: 'names of participants',
    says: { chat: chat({ role: 'user', name: 'Ann', content: 'Hi' }) },
    script: ['user(Ann) text Hi'],
    mappedScript: { anthropic: ['user text Ann: Hi'], gemini: ['user text Ann: Hi'] },
  },
  {
    group,
    name: 'beginning of the answer given',
    says: {
      chat: chat({ role: 'user', content: 'One' }, { role: 'assistant', content: 'Tw' }),
      anthropic: chat({ role: 'user', content: 'One' }, { role: 'assistant', content: 'Tw' }),
      gemini: gemini(['user', 'One'], ['model', 'Tw']),
    },
    script: ['user text One', 'assistant text Tw'],
  },
  {
    group,
    name: 'emoji, line separators, control characters',
    says: {
      chat: chat({ role: 'user', content: '👩‍👩‍👧 \u2028 \u0001 data: [DONE]\n\n' }),
      responses: { input: '👩‍👩‍👧 \u2028 \u0001 data: [DONE]\n\n' },
      anthropic: chat({ role: 'user', content: '👩‍👩‍👧 \u2028 \u0001 data: [DONE]\n\n' }),
      gemini: gemini(['user', '👩‍👩‍👧 \u2028 \u0001 data: [DONE]\n\n']),
    },
    script: ['user text 👩‍👩‍👧 \u2028 \u0001 data: [DONE]\n\n'],
  },
];
