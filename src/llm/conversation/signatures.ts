import type { Dialect } from './dialect.js';
import type { Signature } from './parts.js';

/**
 * How a foreign signature travels through a client whose dialect has a field for its own: sealed, so that on its
 * way back it is told apart from one of that dialect's own provider. The mark cannot begin a real signature, which
 * is base64.
 */
const MARK = 'kw1.';
/** How base64 of the mark begins. */
const MARK_ENCODED = 'a3cxL';
const ORIGINS: readonly Dialect[] = ['chat', 'responses', 'anthropic', 'gemini'];

/** The signature as `dialect` carries it to its client: its own as it is, any other sealed. */
export function seal(signature: Signature, dialect: Dialect): string {
  if (signature.origin === dialect) return signature.value;
  const sealed = `${MARK}${signature.origin}.${signature.value}`;
  // Google's clients take the field for bytes and decode it.
  return dialect === 'gemini' ? Buffer.from(sealed).toString('base64') : sealed;
}

/** The signature in what a client of `dialect` sent back. */
export function unseal(text: string, dialect: Dialect): Signature {
  const sealed = text.startsWith(MARK_ENCODED) ? Buffer.from(text, 'base64').toString() : text;
  if (!sealed.startsWith(MARK)) return { origin: dialect, value: text };
  const dot = sealed.indexOf('.', MARK.length);
  const origin = ORIGINS.find((one) => one === sealed.slice(MARK.length, dot));
  return origin ? { origin, value: sealed.slice(dot + 1) } : { origin: dialect, value: text };
}

/** What to write to an upstream of `dialect`: nothing where another provider made it. */
export function signatureFor(signature: Signature | undefined, dialect: Dialect): string | undefined {
  return signature?.origin === dialect ? signature.value : undefined;
}
