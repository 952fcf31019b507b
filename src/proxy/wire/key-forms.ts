import type { Secret } from '../../kernel/secret.js';
import { EscapedKey } from './escaped-key.js';

/** Shorter secrets would garble answers by chance, so bodies are not searched for them. */
export const SHORTEST_IN_BODIES = 8;
/** Shorter secrets are not searched for at all. */
const SHORTEST = 4;

/** Letters of answers in JSON, whole ones and events, the most frequent first: names and ids of events have digits. */
const FREQUENT = ' "etaionhc:lu,rdswk0fgyp-vm_b123456789{}.qxjz[]/+';
/** With what JSON and events end, which hardly a secret holds. */
const ENDS_OF_ANSWERS = /[}\]\n]/;

/** What a secret looks like where an upstream repeats it. Immutable, made once per secret. */
export interface KeyForms {
  /** Longest first; for text. */
  readonly texts: readonly string[];
  /**
   * For passing bytes, a letter for each byte; empty where the secret is too short. Texts, not buffers: they take a fifth
   * of the memory, and what a call fetches of it is cold where keys are many.
   */
  readonly bytes: readonly string[];
  /** Of each of `bytes` the end that begins with its rarest letter: what is searched for is found by its first letter. */
  readonly needles: readonly string[];
  /** Length of the shortest of `texts`. */
  readonly shortest: number;
  /** Whether a form may go on behind a byte with which answers end. */
  readonly mayEndAnswers: boolean;
  /** For letters as `\uXXXX`; absent where the secret is too short for bodies. */
  readonly escaped: EscapedKey | undefined;
}

/** The forms of a secret. Those of a Secret object are remembered for as long as it lives. */
export function formsOf(secret: Secret | string): KeyForms {
  return typeof secret === 'string' ? makeForms(secret) : secret.made(makeForms);
}

function makeForms(secret: string): KeyForms {
  const texts = spellings(secret);
  const isSearched = secret.length >= SHORTEST_IN_BODIES;
  const bytes = isSearched ? texts.map(asBytes) : [];
  return {
    texts,
    bytes,
    needles: bytes.map(needleOf),
    shortest: texts.at(-1)?.length ?? Infinity,
    mayEndAnswers: ENDS_OF_ANSWERS.test(secret),
    escaped: isSearched ? new EscapedKey(secret) : undefined,
  };
}

/** From the rarest letter on that leaves enough to be told by. A copy of its own, which lies in one place. */
function needleOf(form: string): string {
  let from = 0;
  for (let at = 1; at + SHORTEST_IN_BODIES <= form.length; at++)
    if (rarity(form[at]!) > rarity(form[from]!)) from = at;
  return from === 0 ? form : Buffer.from(form.slice(from), 'latin1').toString('latin1');
}

/** How rare a letter is in answers in JSON; those that are not listed are the rarest. */
function rarity(letter: string): number {
  const place = FREQUENT.indexOf(letter);
  return place === -1 ? FREQUENT.length : place;
}

/** The very same text where it is ASCII. */
function asBytes(text: string): string {
  const bytes = Buffer.from(text).toString('latin1');
  return bytes === text ? text : bytes;
}

/** The secret as it is, percent-encoded, as JSON and in base64, each once, longest first. */
function spellings(secret: string): string[] {
  if (secret.length < SHORTEST) return [];
  if (secret.length < SHORTEST_IN_BODIES) return [secret];
  const percent = encodeURIComponent(secret.toWellFormed());
  const json = JSON.stringify(secret).slice(1, -1);
  const all = [
    secret,
    percent,
    percent.replaceAll('%20', '+'),
    percent.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    json,
    json.replaceAll('/', '\\/'),
    ...[/[<>&]/g, /[<>&=']/g, /[<>&'+]/g].flatMap((signs) => escaped(json, signs)),
    ...inBase64(secret),
  ];
  return [...new Set(all)].sort((a, b) => b.length - a.length);
}

/**
 * As servers write JSON that is safe in HTML: Go and Python escape `<>&`, Gson (so Google's) `=` and `'` besides,
 * .NET `'` and `+` besides. https://pkg.go.dev/encoding/json#HTMLEscape,
 * https://learn.microsoft.com/dotnet/standard/serialization/system-text-json/character-encoding
 */
function escaped(json: string, signs: RegExp): string[] {
  const lower = json.replace(signs, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  return [lower, lower.replace(/\\u00[0-9a-f]{2}/g, (escape) => `\\u${escape.slice(2).toUpperCase()}`)];
}

/**
 * Base64 of a secret that stands anywhere in the encoded bytes, so at each of the three offsets, without the
 * characters at its ends that hold bits of its neighbours; in both alphabets.
 */
function inBase64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((offset) => {
    const length = offset + bytes.length;
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const inside = encoded.slice(offset === 0 ? 0 : offset + 1, length % 3 === 0 ? undefined : -1);
    return [inside, inside.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
