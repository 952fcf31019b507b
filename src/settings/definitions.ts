import { z } from 'zod';
import { flag, integer, list, map, type SettingDefinition, text } from './definition.js';

/** US dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

const dollars = z.number({ error: 'must be dollars per million tokens, 0 or more' }).min(0).max(1_000_000);

function isOrigin(value: string): boolean {
  return value === '*' || (URL.canParse(value) && new URL(value).origin === value);
}

/** Every run-time setting. A new one is one entry here. */
export const SETTINGS = {
  maxWaitMs: integer({
    default: 10_000,
    min: 0,
    max: 600_000,
    unit: 'ms',
    description: 'How long a call waits for a key to come free before it gets 429.',
  }),
  maxAttempts: integer({
    default: 3,
    min: 1,
    max: 20,
    unit: 'attempts',
    description:
      'How many attempts of one call may fail by the upstream’s fault; failures of a key do not count.',
  }),
  connectTimeoutMs: integer({
    default: 5_000,
    min: 100,
    max: 120_000,
    unit: 'ms',
    description: 'How long connecting to an upstream may take, TLS included.',
  }),
  firstByteTimeoutMs: integer({
    default: 120_000,
    min: 100,
    max: 3_600_000,
    unit: 'ms',
    description: 'How long an upstream may take until the first byte of its answer.',
  }),
  idleTimeoutMs: integer({
    default: 120_000,
    min: 100,
    max: 3_600_000,
    unit: 'ms',
    description: 'How long an answer that has begun may stay silent.',
  }),
  maxBodyBytes: integer({
    default: 33_554_432,
    min: 1_024,
    max: 4_294_967_296,
    unit: 'bytes',
    description: 'Largest body of a call; larger ones get 413.',
  }),
  clientIdleTimeoutMs: integer({
    default: 60_000,
    min: 1_000,
    max: 3_600_000,
    unit: 'ms',
    description:
      'How long a client may send next to nothing of its body (less than 1 KiB) or read nothing of its answer.',
  }),
  maxOpenCalls: integer({
    default: 0,
    min: 0,
    max: 1_000_000,
    unit: 'calls',
    description:
      'How many calls may run at once in one process; more get 503. 0: what free memory bears at the start, 256 KiB each.',
  }),
  maxHeldBytes: integer({
    default: 0,
    min: 0,
    max: 1_099_511_627_776,
    unit: 'bytes',
    description:
      'How much of bodies one process may hold at once, beyond 64 KiB of each; calls whose body finds no room get 503. 0: a quarter of free memory at the start.',
  }),
  maxDelayMs: integer({
    default: 500,
    min: 0,
    max: 60_000,
    unit: 'ms',
    description:
      'How long new calls may wait for their turn where more come than the process can serve; past that they get 503. 0: however long it takes.',
  }),
  recheckIntervalSeconds: integer({
    default: 60,
    min: 5,
    max: 86_400,
    unit: 's',
    description: 'First interval between checks of a key that is out; it grows with each failure.',
  }),
  responsesStateHours: integer({
    default: 24,
    min: 0,
    max: 720,
    unit: 'hours',
    description:
      'How long Keywheel keeps answers of /v1/responses for previous_response_id where the upstream keeps none; 0: not at all.',
  }),
  requestLogDays: integer({
    default: 7,
    min: 0,
    max: 3_650,
    unit: 'days',
    description: 'How long the request log is kept.',
  }),
  errorLogDays: integer({
    default: 30,
    min: 0,
    max: 3_650,
    unit: 'days',
    description: 'How long the error log is kept.',
  }),
  recordBodies: flag({ default: false, description: 'Whether the logs keep bodies of calls and answers.' }),
  streamOptimizer: flag({
    default: false,
    description: 'Whether bursts of text in streams are spread evenly over the time until the next.',
  }),
  locale: text({
    default: 'en',
    schema: z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'must be a language code such as en or pt-BR'),
    description: 'Language of messages for people.',
  }),
  corsOrigins: list({
    default: [],
    schema: z.array(z.string().refine(isOrigin, 'must be * or an origin such as https://example.com')),
    description: 'Origins whose pages may call the gateway from a browser; * for any.',
  }),
  prices: map<Price>({
    default: {},
    schema: z.record(z.string().min(1).max(200), z.strictObject({ input: dollars, output: dollars })),
    unit: 'US dollars per million tokens',
    description:
      'Prices by model pattern: {"gpt-*": {"input": 2.5, "output": 10}}. The longest pattern wins.',
  }),
} as const satisfies Record<string, SettingDefinition<unknown>>;

export type SettingName = keyof typeof SETTINGS;

/** The values in force. */
export type SettingsValues = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name]['default'];
};

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

export const DEFAULT_SETTINGS: SettingsValues = Object.freeze(
  Object.fromEntries(
    SETTING_NAMES.map((name) => [name, SETTINGS[name].default]),
  ) as unknown as SettingsValues,
);
