import { describe, expect, it } from 'vitest';
import { ADAPTERS } from './adapters/adapters.js';
import { replyRules } from './reply-rules.js';

describe('replyRules', () => {
  it('are one object for all calls of an operation, unless somebody listens to a call', () => {
    const rules = replyRules(ADAPTERS.openai, 'chat');
    expect(replyRules(ADAPTERS.openai, 'chat', undefined)).toBe(rules);
    expect(replyRules(ADAPTERS.openai, 'responses', () => undefined)).not.toBe(
      replyRules(ADAPTERS.openai, 'responses'),
    );
  });

  it('add nothing to answers that are no text, or large', () => {
    for (const [operation, type] of [
      ['speech', 'audio/mpeg'],
      ['chat', 'application/octet-stream'],
      ['files', ''],
    ] as const) {
      const rules = replyRules(ADAPTERS.openai, operation);
      expect(rules.hold(type)).toBe('nothing');
      expect(rules.watch(type)).toBeUndefined();
    }
  });

  it('take an answer of no type for what the operation should bring', () => {
    expect(replyRules(ADAPTERS.openai, 'chat').hold('')).toBe('whole');
    expect(replyRules(ADAPTERS.gemini, 'streamGenerateContent').hold('application/json')).toBe('nothing');
  });
});
