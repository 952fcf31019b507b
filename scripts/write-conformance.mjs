// node scripts/write-conformance.mjs [--check | --print]
// Publishes what test/e2e/conformance.spec.ts checks: the whole table as docs/conformance.md, and its sums between
// `<!-- conformance:begin -->` and `<!-- conformance:end -->` in the README, and prints the sums where asked to; or tells
// by exit code 1 that they are old.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXPECTED } from '../test/e2e/conformance/expected.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const README = join(root, 'README.md');
const TABLE = join(root, 'docs/conformance.md');
const CALLERS = ['Chat Completions', 'Responses', 'Messages', 'generateContent'];
const UPSTREAMS = ['OpenAI', 'OpenAI without Responses', 'Anthropic', 'Gemini', 'Vertex Express'];
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

const sign = (letters) =>
  letters
    .split('/')
    .map((letter) => SIGNS[letter])
    .join('/');
const row = (cells) => `| ${cells.join(' | ')} |\n`;
const head = (cells) => row(cells) + row(cells.map((_, index) => (index === 0 ? '---' : ':-:')));

function groups() {
  const found = new Map();
  for (const [key, line] of Object.entries(EXPECTED)) {
    const colon = key.indexOf(': ');
    const group = key.slice(0, colon);
    found.set(group, [...(found.get(group) ?? []), { name: key.slice(colon + 2), cells: cellsOf(line) }]);
  }
  return found;
}

function fullTable() {
  let text = '# What survives translation\n\n';
  text +=
    'Each cell is measured, whole and streamed, through a real gateway: what the upstream receives and what the client gets ' +
    '(`test/e2e/conformance.spec.ts`). This page is generated from what that suite checks; `npm run docs` writes it.\n\n';
  text += MEANINGS.map(([mark, meaning]) => `- ${mark === '' ? 'empty' : mark}: ${meaning}\n`).join('');
  text += '\nTwo signs in one cell: an answer in one piece, and a stream.\n';
  for (const [caller, title] of CALLERS.entries()) {
    text += `\n## Clients of ${title}\n\n<!-- prettier-ignore-start -->\n\n${head(['', ...UPSTREAMS])}`;
    for (const [group, features] of groups()) {
      const said = features.filter(({ cells }) => cells[caller].some((letters) => letters !== '-'));
      if (said.length === 0) continue;
      text += row([`**${group}**`, ...UPSTREAMS.map(() => '')]);
      for (const { name, cells } of said)
        text += row([name.replaceAll('|', '\\|'), ...cells[caller].map(sign)]);
    }
    text += '\n<!-- prettier-ignore-end -->\n';
  }
  return text;
}

/** How many features fare how, for each caller and upstream. */
function sums() {
  const rows = CALLERS.map((title, caller) =>
    row([title, ...UPSTREAMS.map((_, upstream) => sumOf(caller, upstream))]),
  );
  return head(['Client ↓ · upstream →', ...UPSTREAMS]) + rows.join('');
}

function sumOf(caller, upstream) {
  const letters = Object.values(EXPECTED).map((line) => cellsOf(line)[caller][upstream].split('/').at(-1));
  return ['k', 'm', 'd', 'r']
    .map((letter) => [SIGNS[letter], letters.filter((one) => one === letter).length])
    .filter(([, count]) => count > 0)
    .map(([mark, count]) => `${count} ${mark}`)
    .join(' · ');
}

function withSums(text) {
  const begin = '<!-- conformance:begin -->';
  const from = text.indexOf(begin);
  const to = text.indexOf('<!-- conformance:end -->', from);
  if (from === -1 || to === -1) throw new Error(`README.md has no place for the table: ${begin}`);
  const block = `\n\n<!-- prettier-ignore-start -->\n\n${sums()}\n<!-- prettier-ignore-end -->\n\n`;
  return text.slice(0, from + begin.length) + block + text.slice(to);
}

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

if (process.argv.includes('--print')) console.log(`\n${sums()}`);

const wanted = [
  [TABLE, fullTable()],
  [README, withSums(read(README) ?? '')],
];
const stale = wanted.filter(([file, text]) => read(file) !== text);
if (!process.argv.includes('--check')) for (const [file, text] of stale) writeFileSync(file, text);
else if (stale.length > 0) {
  process.stderr.write(`not current: ${stale.map(([file]) => file).join(' and ')}; run npm run docs\n`);
  process.exitCode = 1;
}
