import type { Part, Signature } from '../../conversation/parts.js';
import { seal, unseal } from '../../conversation/signatures.js';

/** Stands before the signature of a thought whose text its provider keeps; a dot is in no base64. */
const REDACTED = 'redacted.';

/** What `thoughtSignature` says to a client; undefined where the part has no signature. */
export function carriedSignature(signature: Signature | undefined, redacted = false): string | undefined {
  if (!signature) return undefined;
  return seal(redacted ? { ...signature, value: REDACTED + signature.value } : signature, 'gemini');
}

/** What a client, or Gemini itself, said in `thoughtSignature`. */
export function readSignature(text: string): Pick<Part, 'signature'> & { readonly redacted?: true } {
  const signature = unseal(text, 'gemini');
  if (signature.origin === 'gemini' || !signature.value.startsWith(REDACTED)) return { signature };
  return { signature: { ...signature, value: signature.value.slice(REDACTED.length) }, redacted: true };
}
