/** Text of `expected.ts`. */
export function expectedFile(found: ReadonlyMap<string, string>): string {
  const lines = [...found].map(([name, line]) => `  ${property(name)}: ${quoted(line)},\n`);
  return `${HEAD}export const EXPECTED: Readonly<Record<string, string>> = {\n${lines.join('')}};\n`;
}

const HEAD = `/*
 * What becomes of each feature: a word for each caller (Chat Completions, Responses, Messages, generateContent), in it
 * a letter for each upstream (openai, openai-chat, anthropic, gemini, vertex-express): k kept, m mapped to what comes nearest,
 * d dropped with a warning, r refused with a 400 that names it, - not expressible for the caller or by the upstream;
 * k/r where a stream fares otherwise. Written by \`npm run conformance\`,
 * checked by the same suite, published by \`npm run docs\`.
 */
`;

const quoted = (text: string) => (text.includes("'") ? JSON.stringify(text) : `'${text}'`);
const property = (name: string) => (/^\w+$/.test(name) ? name : quoted(name));
