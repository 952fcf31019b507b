import { z } from 'zod';
import { KeywheelError } from '../../kernel/errors.js';
import type { Limit } from '../../kernel/limits.js';

/** What a person may say of a key besides its secret. */
export interface KeyFields {
  readonly label: string | null;
  readonly tags: readonly string[];
  readonly weight: number;
  readonly priority: number;
  readonly quotaGroup: string | null;
  readonly limits: readonly Limit[];
}

export const DEFAULT_FIELDS: KeyFields = Object.freeze({
  label: null,
  tags: [],
  weight: 1,
  priority: 0,
  quotaGroup: null,
  limits: [],
});

const text = (max: number) =>
  z
    .string('must be a text')
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .regex(/^\P{Cc}*$/u, 'must not hold control characters');

const whole = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.int(message).min(min, message).max(max, message);
};

const limit = z
  .strictObject({
    models: text(200).optional(),
    rpm: whole(1, 1e9).optional(),
    tpm: whole(1, 1e12).optional(),
    rpd: whole(1, 1e12).optional(),
    concurrency: whole(1, 1e6).optional(),
  })
  .refine(({ models: _, ...numbers }) => Object.keys(numbers).length > 0, 'must limit something');

const fields = {
  label: text(200).nullable(),
  tags: z
    .array(text(64), 'must be a list of texts')
    .max(50, 'must have at most 50 entries')
    .transform((tags) => [...new Set(tags)]),
  weight: whole(1, 1000),
  priority: whole(-1000, 1000),
  quotaGroup: text(100).nullable(),
  limits: z.preprocess(
    (given): unknown => (given === null ? [] : Array.isArray(given) ? given : [given]),
    z.array(limit).max(200, 'must have at most 200 entries'),
  ),
};

const patch = z
  .strictObject({ ...fields, status: z.enum(['active', 'disabled'], 'must be active or disabled') })
  .partial();
const entry = z.strictObject({ ...fields, key: z.string('must be a text') }).partial({
  label: true,
  tags: true,
  weight: true,
  priority: true,
  quotaGroup: true,
  limits: true,
});

export type KeyPatch = Partial<KeyFields> & { readonly status?: 'active' | 'disabled' };

/** Throws KeywheelError `validation_failed` with every fault. */
export function readKeyPatch(body: unknown): KeyPatch {
  const read = patch.safeParse(body);
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue) => ({ path: issue.path.join('.'), message: sentence(issue) }));
  throw new KeywheelError('validation_failed', faults.map(({ message }) => message).join('; '), { faults });
}

/** An entry of an import's `keys`: the key alone, or an object. A fault never repeats what was given. */
export function readKeyEntry(
  given: unknown,
): { readonly key: string; readonly fields?: Partial<KeyFields> } | { readonly fault: string } {
  if (typeof given === 'string') return { key: given };
  const read = entry.safeParse(given);
  if (!read.success) return { fault: read.error.issues.map(sentence).join('; ') };
  const { key, ...rest } = read.data;
  return { key, fields: rest };
}

function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return 'has unknown fields';
  const path = issue.path.join('.');
  return path === '' ? 'must be a text or an object with the field key' : `${path} ${issue.message}`;
}
