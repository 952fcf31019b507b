// node scripts/write-conformance.mjs [--check | --print]
// Publishes what test/e2e/conformance.spec.ts checks: with all reasons as docs/conformance.md, and the signs and their
// sums between `<!-- conformance:begin -->` and `<!-- conformance:end -->` in the README, and prints these where asked
// to; or tells by exit code 1 that they are old.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXPECTED } from '../test/e2e/conformance/expected.ts';
import { REASONS } from '../test/e2e/conformance/reasons.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const README = join(root, 'README.md');
const TABLE = join(root, 'docs/conformance.md');
const CALLERS = ['Chat Completions', 'Responses', 'Messages', 'generateContent'];
/** As the suite calls them, in the order of its words. */
const CALLER_NAMES = ['chat', 'responses', 'anthropic', 'gemini'];
const UPSTREAMS = {
  openai: 'OpenAI',
  'openai-chat': 'OpenAI without Responses',
  'openai-responses': 'OpenAI, Responses preferred',
  anthropic: 'Anthropic',
  gemini: 'Gemini',
  'vertex-express': 'Vertex Express',
};
const TITLES = Object.values(UPSTREAMS);
const SIGNS = { k: '✓', m: '≈', d: '○', r: '✗', '-': '' };
const MEANINGS = [
  ['✓', 'kept: as it was, byte for byte where the upstream speaks the caller’s protocol'],
  ['≈', 'mapped to what comes nearest on the other side'],
  ['○', 'left out, with a word in the answer’s `x-keywheel-warning`'],
  ['✗', 'refused with a 400 that names it'],
  ['', 'the caller’s protocol cannot say it, or the upstream cannot'],
];

/** Letters of one feature, for each caller and upstream; `k/r`: whole and streamed. */
function cellsOf(line) {
  return line.split(' ').map((word) => word.match(/[kmdr-](?:\/[kmdr-])?/g));
}

/** For each caller, whether Vercel's AI SDK says it too. */
const aiOf = (line) => line.split(' ').map((word) => word.endsWith('+'));

const sign = (letters) =>
  letters
    .split('/')
    .map((letter) => SIGNS[letter])
    .join('/');
const row = (cells) => `| ${cells.join(' | ')} |\n`;
const head = (cells) =>
  row(cells) + row(cells.map((title, index) => (index === 0 || title === 'Why' ? '---' : ':-:')));

function groups() {
  const found = new Map();
  for (const [key, line] of Object.entries(EXPECTED)) {
    const colon = key.indexOf(': ');
    const group = key.slice(0, colon);
    const feature = {
      name: key.slice(colon + 2),
      cells: cellsOf(line),
      ai: aiOf(line),
      reasons: REASONS[key] ?? {},
    };
    found.set(group, [...(found.get(group) ?? []), feature]);
  }
  return found;
}

const INTRODUCTION = `# What survives translation

Each cell is measured, whole and streamed, through a real gateway: the official SDK of the client’s protocol asks (\`openai\`, \`@anthropic-ai/sdk\`, \`@google/genai\`), a strict upstream hears, and what the SDK makes of the answer is read (\`test/e2e/conformance.spec.ts\`). This page is generated from what that suite checks; \`npm run docs\` writes it.

`;

function fullTable() {
  const meanings = MEANINGS.map(([mark, meaning]) => `- ${mark === '' ? 'empty' : mark}: ${meaning}\n`).join(
    '',
  );
  const tables = CALLERS.map((title, caller) => tableOf(title, caller)).join('');
  return `${INTRODUCTION}${meanings}\n${NOTES}${tables}`;
}

const NOTES = `A request is what the SDK sent, whole. Where its types have no field for what the protocol can say, it is handed the field all the same: sampling in \`@anthropic-ai/sdk\`, images without \`detail\` in Responses; thoughts and images in answers of Chat Completions are such fields too. How streams end is measured by the official SDKs alone.

Two signs in one cell: an answer in one piece, and a stream. ● in the column AI SDK: the row was driven through Vercel’s \`ai\` and its provider for this protocol as well, and fared the same; other rows have no words there. The last column has the words that a client reads in the refusal or in \`x-keywheel-warning\`, or says what comes nearest.
`;

function tableOf(title, caller) {
  const table = featuresOf(caller, ['AI SDK', 'Why'], ({ ai, reasons }) => [
    ai[caller] ? '●' : '',
    inCell(whyOf(reasons, caller)),
  ]);
  return `\n## Clients of ${title}\n\n<!-- prettier-ignore-start -->\n\n${table}\n<!-- prettier-ignore-end -->\n`;
}

/** What one client can say, by groups; `more` answers what stands behind the signs. */
function featuresOf(caller, titles = [], more = () => []) {
  const rows = [...groups()].flatMap(([group, features]) => {
    const said = features.filter(({ cells }) => cells[caller].some((letters) => letters !== '-'));
    if (said.length === 0) return [];
    const blank = [...TITLES, ...titles].map(() => '');
    return [
      row([`**${group}**`, ...blank]),
      ...said.map((one) => row([inCell(one.name), ...one.cells[caller].map(sign), ...more(one)])),
    ];
  });
  return head(['', ...TITLES, ...titles]) + rows.join('');
}

/** The same without reasons, each to be unfolded. */
function folded() {
  return CALLERS.map(
    (title, caller) =>
      `<details>\n<summary>Clients of ${title}, feature by feature</summary>\n\n${featuresOf(caller)}\n</details>\n`,
  ).join('\n');
}

const inCell = (text) => text.replaceAll('|', '\\|');

/** The reasons of one caller's cells, with the upstreams where they differ. */
function whyOf(reasons, caller) {
  const told = Object.entries(reasons).flatMap(([words, cells]) => {
    const pairs = cells.split(' ').map((cell) => cell.split('>'));
    const where = pairs.filter(([name]) => name === CALLER_NAMES[caller]).map(([, name]) => UPSTREAMS[name]);
    return where.length === 0 ? [] : [{ words, where }];
  });
  return told.length === 1
    ? told[0].words
    : told.map(({ words, where }) => `${where.join(', ')}: ${words}`).join('<br>');
}

/** How many features fare how, for each caller and upstream. */
function sums() {
  const rows = CALLERS.map((title, caller) =>
    row([title, ...TITLES.map((_, upstream) => sumOf(caller, upstream))]),
  );
  return head(['Client ↓ · upstream →', ...TITLES]) + rows.join('');
}

function sumOf(caller, upstream) {
  const letters = Object.values(EXPECTED).map((line) => cellsOf(line)[caller][upstream].split('/').at(-1));
  return ['k', 'm', 'd', 'r']
    .map((letter) => [SIGNS[letter], letters.filter((one) => one === letter).length])
    .filter(([, count]) => count > 0)
    .map(([mark, count]) => `${count} ${mark}`)
    .join(' · ');
}

function withTables(text) {
  const begin = '<!-- conformance:begin -->';
  const from = text.indexOf(begin);
  const to = text.indexOf('<!-- conformance:end -->', from);
  if (from === -1 || to === -1) throw new Error(`README.md has no place for the table: ${begin}`);
  const block = `\n\n<!-- prettier-ignore-start -->\n\n${sums()}\n${folded()}\n<!-- prettier-ignore-end -->\n\n`;
  return text.slice(0, from + begin.length) + block + text.slice(to);
}

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

if (process.argv.includes('--print')) {
  CALLERS.forEach((title, caller) => console.log(`\nClients of ${title}\n\n${featuresOf(caller)}`));
  console.log(`\n${sums()}`);
}

const wanted = [
  [TABLE, fullTable()],
  [README, withTables(read(README) ?? '')],
];
const stale = wanted.filter(([file, text]) => read(file) !== text);
if (!process.argv.includes('--check')) for (const [file, text] of stale) writeFileSync(file, text);
else if (stale.length > 0) {
  process.stderr.write(`not current: ${stale.map(([file]) => file).join(' and ')}; run npm run docs\n`);
  process.exitCode = 1;
}
