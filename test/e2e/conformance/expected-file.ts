import type { Row } from './matrix.ts';

/** Text of `expected.ts`. */
export function expectedFile(found: ReadonlyMap<string, Row>): string {
  const lines = [...found].map(([name, { line }]) => `  ${property(name)}: ${quoted(line)},\n`);
  return `${HEAD}export const EXPECTED: Readonly<Record<string, string>> = {\n${lines.join('')}};\n`;
}

/** Text of `reasons.ts`. */
export function reasonsFile(found: ReadonlyMap<string, Row>): string {
  const told = [...found].filter(([, { why }]) => Object.keys(why).length > 0);
  const rows = told.map(([name, { why }]) => `  ${property(name)}: {\n${linesOf(why)}  },\n`);
  return `${REASONS_HEAD}export const REASONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {\n${rows.join('')}};\n`;
}

const linesOf = (why: Readonly<Record<string, string>>) =>
  Object.entries(why)
    .map(([words, where]) => `    ${property(words)}: ${quoted(where)},\n`)
    .join('');

const HEAD = `/*
 * What becomes of each feature: a word for each caller (Chat Completions, Responses, Messages, generateContent), in it
 * a letter for each upstream (openai, openai-chat, openai-responses, anthropic, gemini, vertex-express): k kept, m mapped
 * to what comes nearest, d dropped with a warning, r refused with a 400 that names it, - not expressible for the caller
 * or by the upstream; k/r where a stream fares otherwise; + at the end
 * where the caller's provider in Vercel's AI SDK says it too. Written by \`npm run conformance\`, checked by the same
 * suite, published by \`npm run docs\`.
 */
`;

const REASONS_HEAD = `/*
 * Why cells of expected.ts are not kept, as the client is told: the message of the refusal, the words of
 * \`x-keywheel-warning\`, or what comes nearest; with the cells, \`caller>upstream\`. Written, checked and published as
 * expected.ts is.
 */
`;

const quoted = (text: string) => (text.includes("'") ? JSON.stringify(text) : `'${text}'`);
const property = (name: string) => (/^\w+$/.test(name) ? name : quoted(name));
