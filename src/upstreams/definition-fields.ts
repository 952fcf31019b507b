import { z } from 'zod';
import type { Limit } from '../kernel/limits.js';
import { PROTOCOLS } from '../kernel/protocol.js';
import { readBaseUrl } from './base-url.js';
import { headerNameFault, isHeaderName, isHeaderValue } from './header-rules.js';
import type { CheckRequest, Credential, HeaderRules, Timeouts } from './upstream.js';

/** The pool's words; `proxy/pool-rules.ts` hands them over, and fails to compile when they differ. */
export const ROTATION_NAMES = ['round_robin', 'least_in_flight', 'sequential', 'random'] as const;

/** How an upstream has OpenAI's Responses, see `Upstream.responsesApi`. */
export const RESPONSES_API_NAMES = ['native', 'none', 'preferred'] as const;

/** What fits into a text column of MySQL, with room for escapes. */
const MAX_JSON_BYTES = 60_000;
const DAY_MS = 86_400_000;

const text = (max: number) =>
  z
    .string('must be a text')
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .regex(/^\P{Cc}*$/u, 'must not hold control characters');

const wholeNumber = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.int(message).min(min, message).max(max, message);
};

const flag = z.boolean('must be true or false');

const fits = (value: unknown): boolean =>
  value === undefined || Buffer.byteLength(JSON.stringify(value)) <= MAX_JSON_BYTES;

const map = <T extends z.ZodType>(value: T) =>
  z.record(z.string(), value, 'must be an object').refine(fits, 'is too large');

const model = text(200);

const headerValue = z
  .string('must be a text')
  .max(8192, 'must have at most 8192 characters')
  .refine(isHeaderValue, 'holds characters that a header cannot carry');

const headersToSet = z
  .record(z.string(), headerValue, 'must be an object of texts')
  .superRefine((headers, context) => {
    for (const name of Object.keys(headers)) {
      const fault = headerNameFault(name);
      if (fault) context.addIssue({ code: 'custom', path: [name], message: fault });
    }
  })
  .transform((headers) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  );

const headers: z.ZodType<HeaderRules> = z.strictObject({
  set: headersToSet.default({}),
  remove: z
    .array(
      z.string().refine(isHeaderName, 'is not the name of a header').toLowerCase(),
      'must be a list of names',
    )
    .max(100)
    .default([]),
});

const credential: z.ZodType<Credential> = z
  .strictObject({
    in: z.enum(['header', 'query'], 'must be header or query'),
    name: text(200),
    format: headerValue
      .max(500)
      .default('{key}')
      .refine((format) => format.split('{key}').length === 2, 'must hold {key} exactly once'),
  })
  .superRefine(({ in: place, name }, context) => {
    const fault = place === 'header' ? headerNameFault(name) : queryNameFault(name);
    if (fault) context.addIssue({ code: 'custom', path: ['name'], message: fault });
  })
  .transform((given) => (given.in === 'header' ? { ...given, name: given.name.toLowerCase() } : given));

function queryNameFault(name: string): string | undefined {
  return /^[\w.~-]+$/.test(name) ? undefined : 'may hold letters, digits and . _ ~ - only';
}

const limit = z
  .strictObject({
    models: model.optional(),
    rpm: wholeNumber(1, 1e9).optional(),
    tpm: wholeNumber(1, 1e12).optional(),
    rpd: wholeNumber(1, 1e12).optional(),
    concurrency: wholeNumber(1, 1e6).optional(),
  })
  .refine(({ models: _, ...numbers }) => Object.keys(numbers).length > 0, 'must limit something');

const limits: z.ZodType<readonly Limit[]> = z.preprocess(
  (given): unknown => (Array.isArray(given) ? given : [given]),
  z.array(limit).max(200),
);

const milliseconds = wholeNumber(1, DAY_MS).optional();
const timeouts: z.ZodType<Timeouts> = z.strictObject({
  connectTimeoutMs: milliseconds,
  firstByteTimeoutMs: milliseconds,
  idleTimeoutMs: milliseconds,
});

const check: z.ZodType<CheckRequest> = z.strictObject({
  method: z.enum(['GET', 'POST'], 'must be GET or POST').default('GET'),
  path: z
    .string('must be a text')
    .max(1000)
    .regex(/^\/[\x21-\x7e]*$/, 'must begin with / and hold visible ASCII only')
    .refine(
      (path) => !/^\/[/\\]|(^|\/)\.\.?(?=[/?]|$)|%2e|%5c|\\|#/i.test(path),
      'must not leave the base path',
    ),
  body: z.json().optional().refine(fits, 'is too large'),
  provesQuota: flag.optional(),
});

const baseUrl = z
  .string('must be a text')
  .max(2000, 'must have at most 2000 characters')
  .transform((given, context) => {
    const reading = readBaseUrl(given);
    if ('baseUrl' in reading) return reading.baseUrl;
    context.addIssue({ code: 'custom', message: reading.fault });
    return z.NEVER;
  });

const parameters: z.ZodType<Readonly<Record<string, unknown>>> = map(z.json());

const modelDefaults: z.ZodType<Readonly<Record<string, Readonly<Record<string, unknown>>>>> = z
  .record(model, z.record(z.string(), z.json(), 'must be an object'), 'must be an object')
  .refine(fits, 'is too large')
  .refine((defaults) => Object.keys(defaults).length <= 200, 'must have at most 200 patterns');

const patterns: z.ZodType<readonly string[]> = z
  .array(model, 'must be a list of texts')
  .max(200, 'must have at most 200 patterns')
  .refine(fits, 'is too large')
  .transform((given) => [...new Set(given)]);

/** Each field of a definition by itself; how they fit together is `definition.ts`'s. */
export const FIELDS = {
  slug: z
    .string('must be a text')
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and -, and not begin with -'),
  preset: z.string('must be a text'),
  name: text(200),
  protocol: z.enum(PROTOCOLS, `must be one of ${PROTOCOLS.join(', ')}`),
  baseUrl,
  credential,
  models: z
    .array(model, 'must be a list of texts')
    .refine(fits, 'is too large')
    .transform((models) => [...new Set(models)]),
  rotation: z.enum(ROTATION_NAMES, `must be one of ${ROTATION_NAMES.join(', ')}`),
  priority: wholeNumber(-1000, 1000),
  weight: wholeNumber(1, 1000),
  limits,
  headers,
  parameters,
  modelMap: map(model),
  modelDefaults,
  modelSuffixes: flag,
  affinity: flag,
  noStreaming: patterns,
  responsesApi: z.enum(RESPONSES_API_NAMES, `must be one of ${RESPONSES_API_NAMES.join(', ')}`),
  timeouts,
  check,
  retryUnsafe: flag,
  enabled: flag,
} as const satisfies Record<string, z.ZodType>;

export type Field = keyof typeof FIELDS;
