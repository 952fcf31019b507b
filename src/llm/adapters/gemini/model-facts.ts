/*
 * What the name of a model tells of what it can do. Names that say no version (`gemini-flash-latest`) are taken for
 * the newest generation, as Google moves them there. https://ai.google.dev/gemini-api/docs/models
 */

const GENERATION = /(?:^|[/.])gemini-(?:[a-z]+-)*(\d+)(?:\.(\d+))?/i;
const NEWEST = 99;

/** Such as 2.5; 0 for a model that is no Gemini. */
export function generationOf(model: string): number {
  if (!/(?:^|[/.])gemini-/i.test(model)) return 0;
  const [, major, minor] = GENERATION.exec(model) ?? [];
  // Retired models without a number: https://ai.google.dev/gemini-api/docs/deprecations
  if (/gemini-pro(-vision)?$/i.test(model)) return 1;
  return major === undefined ? NEWEST : Number(`${major}.${minor ?? 0}`);
}

/** Gemini 3 and later: signed calls, results with media, tools of both kinds in one request, levels of thinking. */
export function isGemini3(model: string): boolean {
  return generationOf(model) >= 3;
}

/** Gemma knows no system instruction. https://ai.google.dev/gemma/docs/core/prompt-structure */
export function isGemma(model: string): boolean {
  return /(?:^|\/)gemma-/i.test(model);
}
