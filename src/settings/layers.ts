import { DEFAULT_SETTINGS, SETTING_NAMES, type SettingName, type SettingsValues } from './definitions.js';

export const SOURCES = ['env', 'database', 'default'] as const;
export type SettingSource = (typeof SOURCES)[number];

/** The layers of the settings, each over the next: pinned by the environment, changed by a person, default. */
export interface Layers {
  readonly pinned: Partial<SettingsValues>;
  readonly stored: Partial<SettingsValues>;
}

export function sourceOf(layers: Layers, name: SettingName): SettingSource {
  if (layers.pinned[name] !== undefined) return 'env';
  return layers.stored[name] === undefined ? 'default' : 'database';
}

/** The values in force. */
export function inForce({ pinned, stored }: Layers): SettingsValues {
  const values = SETTING_NAMES.map((name) => [name, pinned[name] ?? stored[name] ?? DEFAULT_SETTINGS[name]]);
  return Object.freeze(Object.fromEntries(values)) as SettingsValues;
}
