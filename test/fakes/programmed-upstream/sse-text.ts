import type { Json } from './programmed-upstream.ts';

export const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
export const event = (value: Json) => `event: ${String(value.type)}\n${data(value)}`;

/** In two pieces, so that they have to be put together. */
export function halves(text: unknown): string[] {
  const whole = typeof text === 'string' ? text : '';
  const middle = Math.ceil(whole.length / 2);
  return [whole.slice(0, middle), whole.slice(middle)].filter((piece) => piece !== '');
}
