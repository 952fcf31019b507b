import type { z } from 'zod';
import { type SettingName, SETTINGS, type SettingsValues } from './definitions.js';

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

function messageOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'is not valid';
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}

/** Whether a value may stand for this setting. Numbers are never read from text: `"5"` is refused. */
export function checkSetting<Name extends SettingName>(
  name: Name,
  value: unknown,
): Checked<SettingsValues[Name]> {
  const schema = SETTINGS[name].schema as unknown as z.ZodType<SettingsValues[Name]>;
  const read = schema.safeParse(value);
  return read.success ? { ok: true, value: read.data } : { ok: false, message: messageOf(read.error) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function valueOfText(name: SettingName, text: string): unknown {
  switch (SETTINGS[name].type) {
    case 'integer':
      return /^\d+$/.test(text) ? Number(text) : undefined;
    case 'boolean':
      return { true: true, '1': true, false: false, '0': false }[text.toLowerCase()];
    case 'string':
      return text;
    case 'list':
      if (text.startsWith('[')) return json(text);
      return text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
    case 'map':
      return json(text);
  }
}

/** The value that a variable's text stands for: lists separated by commas or as JSON, maps as JSON. */
export function readSetting(name: SettingName, text: string): Checked<SettingsValues[SettingName]> {
  const value = valueOfText(name, text);
  if (value === undefined && SETTINGS[name].type === 'map') return { ok: false, message: 'must be JSON' };
  return checkSetting(name, value);
}
