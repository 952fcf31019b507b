/** A whole number that a double cannot hold may be among these. */
const LONG_NUMBER = /[\d.]{16}/;

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;
const rawJson = (JSON as unknown as { readonly rawJSON: (text: string) => unknown }).rawJSON;

/**
 * JSON.parse that does not change numbers: where a double cannot hold one, the value is a raw piece of JSON, which
 * JSON.stringify writes as it came. @throws SyntaxError
 */
export function parsePrecise(text: string): unknown {
  return LONG_NUMBER.test(text)
    ? JSON.parse(text, keepNumber as Parameters<typeof JSON.parse>[1])
    : JSON.parse(text);
}

const keepNumber: Reviver = (_key, value, { source }) => {
  if (typeof value !== 'number' || source === undefined || source.length < 16) return value;
  return String(value) === source ? value : rawJson(source);
};
