import type { Fields } from '../../conversation/dialect.js';
import type { Part, Signature } from '../../conversation/parts.js';
import { seal } from '../../conversation/signatures.js';

/*
 * Anthropic signs thoughts only. A signature that another provider has put on a call or a text travels in a
 * `redacted_thinking` block of its own beside that part: official clients send such blocks back as they came. The
 * sealed value says which part it belongs to: `#call:<id>#…`, `#next#…` for the text behind it, `#last#…` for the
 * text before it (a stream learns it too late to put it in front), `#alone#…` for a text without words.
 */

const SHAPE = /^#(call:[^#]*|next|last|alone)#(.*)$/s;

export type Place = 'next' | 'last' | 'alone';

export function callSignature(id: string, signature: Signature): Fields {
  return blockFor(callPlace(id), signature);
}

export function textSignature(place: Place, signature: Signature): Fields {
  return blockFor(place, signature);
}

function callPlace(id: string): string {
  return `call:${id.replaceAll('%', '%25').replaceAll('#', '%23')}`;
}

function blockFor(place: string, { origin, value }: Signature): Fields {
  // Its own provider has no signatures of this kind; the mark of another keeps it from ever being sent there.
  const foreign = origin === 'anthropic' ? 'gemini' : origin;
  return {
    type: 'redacted_thinking',
    data: seal({ origin: foreign, value: `#${place}#${value}` }, 'anthropic'),
  };
}

/** Puts signatures that came in blocks of their own back on the parts that they belong to. */
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
    } else if (placed.place === 'next') {
      forNext = placed.signature;
    } else if (placed.place === 'alone') {
      attached.push({ kind: 'text', text: '', signature: placed.signature });
    } else if (placed.place === 'last') {
      signLastText(attached, placed.signature);
    } else {
      forCalls.set(placed.place, placed.signature);
    }
  }
  return forCalls.size === 0 ? attached : attached.map((part) => signCall(part, forCalls));
}

function placeOf(part: Part): { readonly place: string; readonly signature: Signature } | undefined {
  if (part.kind !== 'thought' || !part.redacted || !part.signature?.value.startsWith('#')) return undefined;
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
