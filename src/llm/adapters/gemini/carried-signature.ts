import type { Part, Signature } from '../../conversation/parts.js';
import { seal, unseal } from '../../conversation/signatures.js';

/** Stands before the signature of a thought whose text its provider keeps; a dot is in no base64. */
const REDACTED = 'redacted.';

/**
 * Stands for a signature that Gemini 3 demands and nobody has: the call came from another provider's model, or the
 * client lost it. https://ai.google.dev/gemini-api/docs/thought-signatures#faqs
 */
export const NO_SIGNATURE = 'skip_thought_signature_validator';

/** What `thoughtSignature` says to a client; undefined where the part has no signature. */
export function carriedSignature(signature: Signature | undefined, redacted = false): string | undefined {
  if (!signature) return undefined;
  return seal(redacted ? { ...signature, value: REDACTED + signature.value } : signature, 'gemini');
}

/** What a client, or Gemini itself, said in `thoughtSignature`. */
export function readSignature(text: string): Pick<Part, 'signature'> & { readonly redacted?: true } {
  if (text === NO_SIGNATURE) return {};
  const signature = unseal(text, 'gemini');
  if (signature.origin === 'gemini' || !signature.value.startsWith(REDACTED)) return { signature };
  return { signature: { ...signature, value: signature.value.slice(REDACTED.length) }, redacted: true };
}
