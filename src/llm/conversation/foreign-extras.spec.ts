import { expect, it } from 'vitest';
import type { Conversation } from './conversation.js';
import type { Extras } from './dialect.js';
import { noteForeignExtras } from './foreign-extras.js';
import { Notes } from './notes.js';

function noted(extras: Extras): readonly string[] {
  const notes = new Notes();
  noteForeignExtras({ extras } as Conversation, 'chat', notes);
  return notes.warnings;
}

it('notes what other dialects said, save for what nobody misses', () => {
  expect(
    noted({ chat: { logit_bias: {} }, gemini: { safetySettings: [] }, responses: { store: false } }),
  ).toEqual(['dropped:safetySettings']);
});

it('refuses to leave out a part of the conversation', () => {
  expect(() => noted({ gemini: { cachedContent: 'cachedContents/x' } })).toThrow(/cachedContent/);
});
