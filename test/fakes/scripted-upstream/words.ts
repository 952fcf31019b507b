import { createHash } from 'node:crypto';

/** About four characters a token, as the providers' own rule of thumb. */
export function countTokens(value: unknown): number {
  const written = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  return Math.max(1, Math.ceil(written.length / 4));
}

/** Every string under `text`, `content` or `input_text` of a message tree, in order. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(' ');
  if (typeof value !== 'object' || value === null) return '';
  const { text, content, parts, functionResponse, response, output, result } = value as Record<
    string,
    unknown
  >;
  return [text, content, parts, functionResponse, response, output, result]
    .map(textOf)
    .filter(Boolean)
    .join(' ');
}

/** The answer's text, always the same for the same question. */
export function answerTo(question: unknown): string {
  return `You said: ${textOf(question).slice(0, 2000)}`;
}

/** Pieces in which a stream delivers a text: word by word. */
export function pieces(answer: string): string[] {
  return answer.match(/\S+\s*/g) ?? [''];
}

/** An id that depends on nothing but its inputs. */
export function idOf(prefix: string, ...parts: readonly unknown[]): string {
  return prefix + createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}

/** A vector of unit-sized numbers, the same for the same text. */
export function vectorOf(input: unknown, dimensions: number): number[] {
  const seed = createHash('sha256').update(JSON.stringify(input)).digest();
  return Array.from({ length: dimensions }, (_, index) => ((seed[index % seed.length] ?? 0) - 127.5) / 128);
}
