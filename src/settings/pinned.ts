import { variableOfSetting } from '../config/read-environment.js';
import { readSetting } from './check-setting.js';
import { isSettingName, SETTING_NAMES, type SettingsValues } from './definitions.js';

type Texts = Readonly<Record<string, string>>;

/** What is wrong with the pinned settings, one sentence per variable; for `loadConfig`. */
export function pinnedFaults(texts: Texts): string[] {
  return Object.entries(texts).flatMap(([name, text]) => {
    const variable = variableOfSetting(name);
    if (!isSettingName(name)) {
      const known = SETTING_NAMES.map(variableOfSetting).join(', ');
      return [`${variable}: is not a setting; remove it, or use one of ${known}`];
    }
    const read = readSetting(name, text);
    return read.ok ? [] : [`${variable}: ${read.message}`];
  });
}

/** The pinned settings' values; texts that `pinnedFaults` complains about are left out. */
export function pinnedValues(texts: Texts): Partial<SettingsValues> {
  const read = Object.entries(texts).flatMap(([name, text]) => {
    const value = isSettingName(name) ? readSetting(name, text) : undefined;
    return value?.ok ? [[name, value.value] as const] : [];
  });
  return Object.fromEntries(read);
}
