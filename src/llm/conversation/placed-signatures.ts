import type { Part, Signature } from './parts.js';
import { seal } from './signatures.js';

/*
 * Some dialects sign thoughts only. A signature that another provider has put on a call or a text travels through
 * their clients as a thought of its own, which official clients send back as it came: a block of Anthropic, an item
 * of Responses. The sealed value says what it belongs to: `#call:<id>#…`, `#next#…` for the text behind it, `#last#…`
 * for the text before it (a stream learns it too late to put it in front), `#alone#…` for a text without words;
 * `#redacted#…` is a thought whose text its provider keeps.
 */

const SHAPE = /^#(call:[^#]*|next|last|alone|redacted)#(.*)$/s;

export type Place = 'next' | 'last' | 'alone' | 'redacted' | { readonly call: string };

/** The dialects' own providers have no such signatures; the mark of another keeps one from ever being sent there. */
const FOREIGN = { anthropic: 'gemini', responses: 'chat' } as const;

/** What stands for the signature in a thought that a client of `dialect` keeps. */
export function sealPlaced(
  place: Place,
  { origin, value }: Signature,
  dialect: keyof typeof FOREIGN,
): string {
  const where = typeof place === 'string' ? place : callPlace(place.call);
  const foreign = origin === dialect ? FOREIGN[dialect] : origin;
  return seal({ origin: foreign, value: `#${where}#${value}` }, dialect);
}

function callPlace(id: string): string {
  return `call:${id.replaceAll('%', '%25').replaceAll('#', '%23')}`;
}

/** Puts signatures that came in thoughts of their own back on the parts that they belong to. */
export function attachSignatures(parts: readonly Part[]): readonly Part[] {
  if (!parts.some((part) => placeOf(part))) return parts;
  const attached: Part[] = [];
  const forCalls = new Map<string, Signature>();
  let forNext: Signature | undefined;
  for (const part of parts) {
    const placed = placeOf(part);
    if (!placed) {
      const signed = forNext && part.kind === 'text' ? { ...part, signature: forNext } : part;
      if (part.kind === 'text') forNext = undefined;
      attached.push(signed);
      continue;
    }
    const { place, signature } = placed;
    if (place === 'next') forNext = signature;
    else if (place === 'last') signLastText(attached, signature);
    else if (place === 'alone') attached.push({ kind: 'text', text: '', signature });
    else if (place === 'redacted') attached.push({ kind: 'thought', text: '', redacted: true, signature });
    else forCalls.set(place, signature);
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
