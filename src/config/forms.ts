import { z } from 'zod';
import { Secret } from '../kernel/secret.js';

/*
 * How the text of a variable becomes its value. Each form has one message that says what to write; it never
 * repeats what was written, which may be a secret.
 */

const must = (message: string) => ({ error: message, abort: true });

/** A whole number in plain digits. */
export function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,10}$/, must(message))
    .transform(Number)
    .refine((value) => value >= min && value <= max, must(message));
}

export function yesOrNo() {
  return z
    .string()
    .toLowerCase()
    .refine((text) => ['true', 'false', '1', '0'].includes(text), must('must be true or false'))
    .transform((text) => text === 'true' || text === '1');
}

export function oneOf<T extends string>(values: readonly T[]) {
  return z.enum(values as [T, ...T[]], { error: `must be one of ${values.join(', ')}` });
}

function split(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A list separated by commas or line ends, every entry checked. */
export function listOf(isEntry: (text: string) => boolean, message: string) {
  return z
    .string()
    .transform(split)
    .refine((entries) => entries.every(isEntry), must(message));
}

/** `true`, `false`, or a list. */
export function yesNoOrListOf(isEntry: (text: string) => boolean, message: string) {
  return z.union([yesOrNo(), listOf(isEntry, message)], { error: message });
}

export function secretMatching(isSecret: (text: string) => boolean, message: string) {
  return z
    .string()
    .refine(isSecret, must(message))
    .transform((text) => new Secret(text));
}

/** Secrets separated by commas or line ends; repeated ones count once. */
export function secrets() {
  return listOf(
    (text) => !/\s/.test(text),
    'must be keys separated by commas, without spaces inside a key',
  ).transform((texts) => [...new Set(texts)].map((text) => new Secret(text)));
}

/** Text that `read` understands. */
export function readAs<T>(read: (text: string) => T | undefined, message: string) {
  return z.string().transform((text, context): T => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}
