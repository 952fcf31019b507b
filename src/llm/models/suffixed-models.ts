import { SUFFIXES } from '../gemini-suffixes.js';
import type { ListedModel } from './listed-model.js';

/** What these make is no text that thinks or searches. */
const OTHER_KINDS = /embedding|imagen|veo|lyria|aqa|tts|audio|live/;

/**
 * The models, and each that generates content once more under each ending that it may be asked for with. Endings can
 * be combined; the lists hold single ones.
 */
export function withSuffixed(models: readonly ListedModel[]): ListedModel[] {
  const names = new Set(models.map(({ id }) => id));
  const suffixed = models
    .filter(generates)
    .flatMap((model) => SUFFIXES.map((suffix) => ({ ...model, id: `${model.id}-${suffix}` })));
  return [...models, ...suffixed.filter(({ id }) => !names.has(id))];
}

function generates({ id, raw }: ListedModel): boolean {
  const methods = raw?.['supportedGenerationMethods'];
  if (Array.isArray(methods) && !methods.includes('generateContent')) return false;
  return !OTHER_KINDS.test(id);
}
