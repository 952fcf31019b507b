import { variableOfSetting } from '../config/read-environment.js';
import { type Variable, VARIABLE_NAMES, VARIABLES } from '../config/variables.js';
import type { SettingDefinition } from './definition.js';
import { SETTING_NAMES, SETTINGS } from './definitions.js';
import { code, markdownTable } from './markdown-table.js';

/*
 * README's tables and .env.example, from the lists that the program itself reads.
 */

interface Row {
  readonly name: string;
  readonly default: string;
  /** Said instead of a default. */
  readonly unset?: string;
  readonly meaning: string;
}

function variableRows(): Row[] {
  return VARIABLE_NAMES.map((name) => {
    const { default: byDefault, unset, secret, meaning }: Variable<unknown> = VARIABLES[name];
    return {
      name,
      default: byDefault ?? '',
      unset,
      meaning: secret ? `${meaning} Also as \`${name}_FILE\`, the path of a file that holds it.` : meaning,
    };
  });
}

function defaultText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function settingMeaning({ description, unit, min, max }: SettingDefinition<unknown>): string {
  const range = min === undefined || max === undefined ? '' : `${min} to ${max}`;
  const details = [unit, range].filter(Boolean).join(', ');
  return details === '' ? description : `${description} (${details})`;
}

function settingRows(): { setting: string; row: Row }[] {
  return SETTING_NAMES.map((setting) => {
    const definition: SettingDefinition<unknown> = SETTINGS[setting];
    const name = variableOfSetting(setting);
    return {
      setting,
      row: { name, default: defaultText(definition.default), meaning: settingMeaning(definition) },
    };
  });
}

/** The two Markdown tables of the configuration: the environment, and the run-time settings. */
export function configurationTables(): string {
  const variables = variableRows().map(({ name, default: byDefault, unset, meaning }) => [
    code(name),
    byDefault === '' ? `unset: ${unset}` : code(byDefault),
    meaning,
  ]);
  const settings = settingRows().map(({ setting, row }) => [
    code(setting),
    code(row.name),
    code(row.default),
    row.meaning,
  ]);
  return [
    markdownTable(['Variable', 'Default', 'Meaning'], variables),
    markdownTable(['Setting', 'Pinned by', 'Default', 'Meaning'], settings),
  ].join('\n\n');
}

function example({ name, default: byDefault, unset, meaning }: Row): string {
  const plain = meaning.replaceAll('`', '');
  return `# ${plain}${unset === undefined ? '' : ` Unset: ${unset}.`}\n#${name}=${byDefault}\n`;
}

/** What `.env.example` holds. */
export function envExample(): string {
  return [
    '# Everything Keywheel reads from its environment; each line shows the default. An empty value counts as unset.\n',
    ...variableRows().map(example),
    '# The run-time settings, which the admin API changes too. Set here, they are pinned: read-only there.\n',
    ...settingRows().map(({ row }) => example(row)),
  ].join('\n');
}
