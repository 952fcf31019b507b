import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ERRORS } from './kernel/errors.js';
import { configurationTables, envExample } from './settings/describe-configuration.js';
import { code, markdownTable } from './settings/markdown-table.js';
import type { Preset } from './upstreams/preset.js';
import { PRESETS } from './upstreams/presets.js';

/*
 * node dist/write-readme-tables.js [--check] README.md
 * Writes the tables that stand between `<!-- name:begin -->` and `<!-- name:end -->`, and `.env.example` beside the
 * file, from the lists that the program itself reads; or tells by exit code 1 that one of them is not current.
 */

const TABLES: Readonly<Record<string, () => string>> = {
  errors: errorTable,
  presets: presetTable,
  configuration: configurationTables,
};

function errorTable(): string {
  const kinds = Object.entries(ERRORS).sort(([, one], [, other]) => one.status - other.status);
  const rows = kinds.map(([name, { status, title }]) => [String(status), code(name), title]);
  return markdownTable(['Status', '`keywheel_code`', 'Meaning'], rows);
}

function presetTable(): string {
  const head = ['Preset', 'Provider', 'Protocol', 'Base URL', 'Where the key goes', 'Checked with'];
  return markdownTable(head, PRESETS.map(presetRow));
}

function presetRow({
  name,
  title,
  protocol,
  baseUrl,
  credential,
  keyOptional,
  check,
  source,
}: Preset): string[] {
  return [
    code(name),
    source === null ? title : `[${title}](${source})`,
    protocol,
    baseUrl === undefined ? 'yours' : code(baseUrl),
    `${credential.in} ${code(`${credential.name}: ${credential.format}`)}${keyOptional ? ', if any' : ''}`,
    check === null ? 'nothing' : code(`${check.method} ${check.path}`),
  ];
}

/** The text with every table anew; a reason instead where a place for one is missing. */
function withTables(text: string): { readonly text: string } | { readonly fault: string } {
  let filled = text;
  for (const [name, table] of Object.entries(TABLES)) {
    const begin = `<!-- ${name}:begin -->`;
    const end = `<!-- ${name}:end -->`;
    const from = filled.indexOf(begin);
    const to = filled.indexOf(end, from);
    if (from === -1 || to === -1) return { fault: `no place for the table: ${begin} … ${end}` };
    const block = ['', '<!-- prettier-ignore-start -->', table(), '<!-- prettier-ignore-end -->', ''];
    filled = filled.slice(0, from + begin.length) + block.join('\n\n').trimEnd() + '\n\n' + filled.slice(to);
  }
  return { text: filled };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function run(args: readonly string[]): string | undefined {
  const file = args.find((arg) => !arg.startsWith('--'));
  if (file === undefined) return 'usage: write-readme-tables [--check] FILE';
  const text = read(file);
  if (text === undefined) return `${file} cannot be read`;
  const filled = withTables(text);
  if ('fault' in filled) return `${file} has ${filled.fault}`;
  const example = join(dirname(file), '.env.example');
  const wanted = { [file]: filled.text, [example]: envExample() };
  const stale = Object.entries(wanted).filter(([path, content]) => read(path) !== content);
  if (args.includes('--check')) {
    const names = stale.map(([path]) => path).join(' and ');
    return stale.length === 0 ? undefined : `not current: ${names}; run npm run docs`;
  }
  for (const [path, content] of stale) writeFileSync(path, content);
  return undefined;
}

const fault = run(process.argv.slice(2));
if (fault !== undefined) process.stderr.write(`${fault}\n`);
process.exitCode = fault === undefined ? 0 : 1;
