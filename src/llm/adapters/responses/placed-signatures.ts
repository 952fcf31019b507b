import type { Part, Signature } from '../../conversation/parts.js';
import { seal, unseal } from '../../conversation/signatures.js';

/*
 * Reasoning items are the one place where a client of Responses keeps what it does not understand. A signature that
 * another provider has put on a call or a text travels there in an item of its own, behind that part. The sealed
 * value says what it belongs to: `#call:<id>#…`, `#last#…` for the text before it, `#alone#…` for a text without
 * words; `#redacted#…` is a thought whose text its provider keeps.
 */

const SHAPE = /^#(call:[^#]*|last|alone|redacted)#(.*)$/s;
/** Between the id of an upstream's own item and its `encrypted_content`: it wants back both. */
const ID_END = '#';

export type Place = 'last' | 'alone' | 'redacted' | { readonly call: string };

/** `encrypted_content` for a signature that is not a plain thought's. */
export function placedContent(place: Place, { origin, value }: Signature): string {
  const where = typeof place === 'string' ? place : callPlace(place.call);
  // Its own provider signs thoughts only; the mark of another keeps it from ever being sent there.
  const foreign = origin === 'responses' ? 'chat' : origin;
  return seal({ origin: foreign, value: `#${where}#${value}` }, 'responses');
}

function callPlace(id: string): string {
  return `call:${id.replaceAll('%', '%25').replaceAll('#', '%23')}`;
}

/** A signature of OpenAI's own: the item's id and what is encrypted, in one text. */
export function ownSignature(id: string, encrypted: string): Signature {
  return { origin: 'responses', value: `${id}${ID_END}${encrypted}` };
}

/** The two halves of `ownSignature`. */
export function ownItem(value: string): { readonly id: string; readonly encrypted: string } {
  const end = value.indexOf(ID_END);
  return end === -1
    ? { id: '', encrypted: value }
    : { id: value.slice(0, end), encrypted: value.slice(end + 1) };
}

/** What `encrypted_content` of the item `id` holds. */
export function readEncrypted(id: string, encrypted: string): Signature {
  const unsealed = unseal(encrypted, 'responses');
  return unsealed.origin === 'responses' ? ownSignature(id, encrypted) : unsealed;
}

/** Puts signatures that came in items of their own back on the parts that they belong to. */
export function attachSignatures(parts: readonly Part[]): readonly Part[] {
  if (!parts.some((part) => placeOf(part))) return parts;
  const attached: Part[] = [];
  const forCalls = new Map<string, Signature>();
  for (const part of parts) {
    const placed = placeOf(part);
    if (!placed) attached.push(part);
    else if (placed.place === 'redacted') {
      attached.push({ kind: 'thought', text: '', redacted: true, signature: placed.signature });
    } else if (placed.place === 'alone') {
      attached.push({ kind: 'text', text: '', signature: placed.signature });
    } else if (placed.place === 'last') signLastText(attached, placed.signature);
    else forCalls.set(placed.place, placed.signature);
  }
  return forCalls.size === 0 ? attached : attached.map((part) => signCall(part, forCalls));
}

function placeOf(part: Part): { readonly place: string; readonly signature: Signature } | undefined {
  if (part.kind !== 'thought' || !part.signature?.value.startsWith('#')) return undefined;
  const found = SHAPE.exec(part.signature.value);
  return found ? { place: found[1]!, signature: { ...part.signature, value: found[2]! } } : undefined;
}

function signLastText(parts: Part[], signature: Signature): void {
  const index = parts.findLastIndex(({ kind }) => kind === 'text');
  if (index !== -1) parts[index] = { ...parts[index]!, signature };
}

function signCall(part: Part, signatures: ReadonlyMap<string, Signature>): Part {
  const signature = part.kind === 'call' ? signatures.get(callPlace(part.id)) : undefined;
  return signature ? { ...part, signature } : part;
}
