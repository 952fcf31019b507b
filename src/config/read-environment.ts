import { readFileSync } from 'node:fs';
import { type Variable, VARIABLE_NAMES, VARIABLES, type VariableValues } from './variables.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Before the name of a setting in UPPER_SNAKE: the setting is pinned. */
export const SETTING_PREFIX = 'KEYWHEEL_';

/** An empty variable counts as unset: compose files and charts write those. */
function textOf(environment: Environment, name: string): string | undefined {
  const text = environment[name]?.trim();
  return text === '' ? undefined : text;
}

/** Whether a secret is given at all, by itself or as a file, however wrong. */
export function hasText(environment: Environment, name: string): boolean {
  return textOf(environment, name) !== undefined || textOf(environment, `${name}_FILE`) !== undefined;
}

function fromFile(name: string, path: string, faults: string[]): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    faults.push(`${name}_FILE: the file ${path} cannot be read (${code})`);
    return undefined;
  }
}

function secretText(environment: Environment, name: string, faults: string[]): string | undefined {
  const text = textOf(environment, name);
  const path = textOf(environment, `${name}_FILE`);
  if (path === undefined) return text;
  if (text !== undefined) {
    faults.push(`${name}: set ${name} or ${name}_FILE, not both`);
    return undefined;
  }
  return fromFile(name, path, faults);
}

/** Reads every variable of the list; what is wrong goes to `faults`, and then the values are not complete. */
export function readVariables(environment: Environment, faults: string[]): VariableValues {
  const values = VARIABLE_NAMES.map((name) => {
    const { secret, schema, default: byDefault }: Variable<unknown> = VARIABLES[name];
    const before = faults.length;
    const text = secret ? secretText(environment, name, faults) : textOf(environment, name);
    if (faults.length > before) return [name, undefined];
    const read = schema.safeParse(text ?? byDefault);
    if (read.success) return [name, read.data];
    faults.push(`${name}: ${read.error.issues[0]?.message ?? 'is not valid'}`);
    return [name, undefined];
  });
  return Object.fromEntries(values) as VariableValues;
}

/** `MAX_WAIT_MS` → `maxWaitMs` */
export function settingNameOf(upperSnake: string): string {
  return upperSnake.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `maxWaitMs` → `KEYWHEEL_MAX_WAIT_MS` */
export function variableOfSetting(name: string): string {
  return SETTING_PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** The texts of all KEYWHEEL_* variables by setting name, known or not. */
export function readPinnedSettings(environment: Environment): Record<string, string> {
  const pinned: Record<string, string> = {};
  for (const name of Object.keys(environment)) {
    const text = name.startsWith(SETTING_PREFIX) ? textOf(environment, name) : undefined;
    if (text !== undefined) pinned[settingNameOf(name.slice(SETTING_PREFIX.length))] = text;
  }
  return pinned;
}
