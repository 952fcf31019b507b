import { describe, expect, it } from 'vitest';
import type { Thinking } from '../../conversation/conversation.js';
import { Notes } from '../../conversation/notes.js';
import { thinkingConfigOf } from './thinking.js';

/** `[model, what was asked, what is written, warning]` */
const ROWS: readonly (readonly [string, Thinking, object | undefined, string?])[] = [
  ['gemini-2.5-flash', { effort: 'none' }, { thinkingBudget: 0 }],
  ['gemini-2.5-flash', { effort: 'high', shown: true }, { thinkingBudget: 24_576, includeThoughts: true }],
  ['gemini-2.5-flash', { budget: 50_000 }, { thinkingBudget: 24_576 }],
  ['gemini-2.5-flash', { adaptive: true }, { thinkingBudget: -1 }],
  ['gemini-2.5-flash', { shown: true }, { includeThoughts: true }],
  ['gemini-2.5-flash', {}, undefined],
  ['gemini-2.5-flash-lite', { budget: 100 }, { thinkingBudget: 512 }],
  ['gemini-2.5-pro', { budget: 0 }, { thinkingBudget: 128 }, 'changed:thinking'],
  ['gemini-2.5-pro', { effort: 'max' }, { thinkingBudget: 32_768 }],
  ['gemini-3-flash-preview', { effort: 'none' }, { thinkingLevel: 'MINIMAL' }, 'changed:thinking'],
  ['gemini-3-flash-preview', { effort: 'medium' }, { thinkingLevel: 'MEDIUM' }],
  ['gemini-3-flash-preview', { budget: 1024 }, { thinkingLevel: 'LOW' }],
  ['gemini-3-flash-preview', { budget: -1 }, undefined],
  ['gemini-3-pro-preview', { effort: 'medium' }, { thinkingLevel: 'HIGH' }],
  ['gemini-3.1-pro-preview', { effort: 'medium' }, { thinkingLevel: 'MEDIUM' }],
  ['gemini-3.1-pro-preview', { effort: 'minimal' }, { thinkingLevel: 'LOW' }],
  ['gemini-3.8-flash', { effort: 'minimal' }, { thinkingLevel: 'LOW' }],
  ['gemini-3.5-flash-lite', { effort: 'minimal' }, { thinkingLevel: 'MINIMAL' }],
  ['gemini-4-argon', { effort: 'xhigh' }, { thinkingLevel: 'HIGH' }],
  ['gemini-flash-latest', { effort: 'low' }, { thinkingLevel: 'LOW' }],
  ['gemini-2.0-flash', { effort: 'low' }, undefined, 'dropped:thinking'],
  ['gemini-2.0-flash', { effort: 'none' }, undefined],
  ['gemini-2.5-flash-image', { budget: 1000 }, undefined, 'dropped:thinking'],
  ['gemini-2.5-flash-preview-tts', { budget: 1000 }, undefined, 'dropped:thinking'],
  ['gemma-3-27b-it', { effort: 'high' }, undefined, 'dropped:thinking'],
];

describe('thinkingConfigOf', () => {
  const rows = ROWS.map(([model, thinking, config, warning]) => ({ model, thinking, config, warning }));

  it.each(rows)('tells $model of $thinking as $config', ({ model, thinking, config, warning }) => {
    const notes = new Notes();
    expect(thinkingConfigOf(thinking, model, notes)).toEqual(config);
    expect(notes.warnings).toEqual(warning === undefined ? [] : [warning]);
  });
});
