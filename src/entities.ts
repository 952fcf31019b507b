import { ChangeRow } from './database/change-row.js';
import { ConfigVersion } from './database/config-version.js';
import { SettingRow } from './settings/setting-row.js';

/** Every table that the application knows. A new entity is one line here and one in a migration. */
export const entities = [ConfigVersion, ChangeRow, SettingRow];
