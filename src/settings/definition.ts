import { z } from 'zod';

/** How a setting's value looks, for the admin API and UI. */
export type SettingType = 'integer' | 'boolean' | 'string' | 'list' | 'map';

export interface SettingDefinition<T> {
  readonly type: SettingType;
  readonly default: T;
  readonly schema: z.ZodType<T>;
  readonly description: string;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
}

type Described = { readonly description: string; readonly unit?: string };

export function integer(
  of: Described & { default: number; min: number; max: number },
): SettingDefinition<number> {
  const { min, max } = of;
  const message = `must be a whole number from ${min} to ${max}`;
  return { ...of, type: 'integer', schema: z.int({ error: message }).min(min, message).max(max, message) };
}

export function flag(of: Described & { default: boolean }): SettingDefinition<boolean> {
  return { ...of, type: 'boolean', schema: z.boolean({ error: 'must be true or false' }) };
}

export function text(
  of: Described & { default: string; schema: z.ZodType<string> },
): SettingDefinition<string> {
  return { ...of, type: 'string' };
}

export function list(
  of: Described & { default: readonly string[]; schema: z.ZodType<readonly string[]> },
): SettingDefinition<readonly string[]> {
  return { ...of, type: 'list' };
}

export function map<T>(
  of: Described & { default: Readonly<Record<string, T>>; schema: z.ZodType<Readonly<Record<string, T>>> },
): SettingDefinition<Readonly<Record<string, T>>> {
  return { ...of, type: 'map' };
}
