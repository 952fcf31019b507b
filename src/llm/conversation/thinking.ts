import type { Effort, Thinking } from './conversation.js';

/**
 * Tokens of thought that stand for a level where one side speaks of levels and the other of tokens. Google's own
 * OpenAI-compatible layer maps low to 1,024, medium to 8,192 and high to 24,576
 * (https://ai.google.dev/gemini-api/docs/openai#thinking); the rest continues that row.
 */
const BUDGETS: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 65_536,
};

/** Tokens to think; undefined where the provider is to decide, -1 where the model is. */
export function budgetOf(thinking: Thinking): number | undefined {
  if (thinking.budget !== undefined) return thinking.budget;
  if (thinking.effort !== undefined) return BUDGETS[thinking.effort];
  return thinking.adaptive ? -1 : undefined;
}

/** The level that comes nearest to a budget from above; undefined where the provider is to decide. */
export function effortOf(thinking: Thinking): Effort | undefined {
  if (thinking.effort !== undefined) return thinking.effort;
  if (thinking.budget === undefined || thinking.budget < 0) return undefined;
  if (thinking.budget === 0) return 'none';
  if (thinking.budget <= BUDGETS.minimal) return 'minimal';
  if (thinking.budget <= 4096) return 'low';
  if (thinking.budget <= 16_384) return 'medium';
  return 'high';
}

/** Whether thinking was switched off in so many words. */
export function isThoughtless(thinking: Thinking | undefined): boolean {
  return thinking?.effort === 'none' || thinking?.budget === 0;
}
