import type { Fields } from './conversation/dialect.js';
import { isFields } from './conversation/fields.js';

/** Fields of which a provider takes one at most: where the client sent one, no other is put beside it. */
const ALTERNATIVES: readonly (readonly string[])[] = [
  // https://ai.google.dev/gemini-api/docs/thinking
  ['thinkingBudget', 'thinkingLevel'],
  // https://platform.openai.com/docs/api-reference/chat/create
  ['max_tokens', 'max_completion_tokens'],
];

/**
 * The body with every default for which it has no value of its own, however deep: objects are filled, anything else
 * (lists too) is the client's or the default's whole. Google's JSON takes each field under two names; a default
 * goes to the one that is there. Nothing is changed in place; the very same body where nothing is to do.
 */
export function withDefaults<T extends Fields>(body: T, defaults: Fields): T {
  let filled: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(defaults)) {
    const own = ownName(body, name);
    if (own === undefined) {
      if (!hasAlternative(body, name)) (filled ??= { ...body })[name] = value;
      continue;
    }
    const given = body[own];
    if (!isFields(given) || !isFields(value)) continue;
    const inner = withDefaults(given, value);
    if (inner !== given) (filled ??= { ...body })[own] = inner;
  }
  return (filled ?? body) as T;
}

/** The name under which a body has the field: its own, or the other that Google's JSON knows it by. */
function ownName(body: Fields, name: string): string | undefined {
  if (Object.hasOwn(body, name)) return name;
  const other = otherName(name);
  return Object.hasOwn(body, other) ? other : undefined;
}

/** `generationConfig` for `generation_config` and the other way round. */
function otherName(name: string): string {
  return name.includes('_')
    ? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Every name of a field under which a body may already say what a default would: its own, and those it excludes. */
export function namesOf(name: string): string[] {
  const group = ALTERNATIVES.find((names) => names.includes(name)) ?? [name];
  return group.flatMap((one) => [one, otherName(one)]);
}

function hasAlternative(body: Fields, name: string): boolean {
  const group = ALTERNATIVES.find((names) => names.includes(name));
  return group?.some((other) => ownName(body, other) !== undefined) ?? false;
}
