import { randomBytes } from 'node:crypto';

/** Letters of a secret by whose hash it is looked for. */
const WINDOW = 12;
const known = new Set<string>();
const heard: string[] = [];

/** A secret of this test file: random, remembered, and looked for when a gateway stops. */
export function newSecret(prefix = 'sk-'): string {
  return remember(prefix + randomBytes(18).toString('hex'));
}

export function newSecrets(count: number, prefix = 'sk-'): string[] {
  return Array.from({ length: count }, () => newSecret(prefix));
}

/** @throws where it is too short to be looked for */
export function remember(secret: string): string {
  if (secret.length < WINDOW) throw new Error('a secret of the tests has at least 12 letters');
  known.add(secret);
  return secret;
}

/** Keeps an error's body for the sweep. */
export function hear(body: string): void {
  heard.push(body);
}

export function heardErrors(): readonly string[] {
  return heard;
}

const BASE = 31;
let lift = 1;
for (let i = 0; i < WINDOW; i++) lift = Math.imul(lift, BASE);

/**
 * Secrets that a text holds, plain, percent-encoded or in base64, each shortened for the report. The text is read
 * once, however many secrets there are (a rolling hash finds where one may begin).
 */
export function leaksIn(text: string): string[] {
  const forms = formsByHash();
  const leaks = new Set<string>();
  let hash = 0;
  for (let i = 0; i < text.length; i++) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
    if (i >= WINDOW) hash = (hash - Math.imul(lift, text.charCodeAt(i - WINDOW))) | 0;
    for (const form of forms.get(hash) ?? []) {
      if (text.startsWith(form.text, i - WINDOW + 1)) leaks.add(`${form.secret.slice(0, 10)}…`);
    }
  }
  return [...leaks];
}

interface Form {
  readonly text: string;
  readonly secret: string;
}

function formsByHash(): ReadonlyMap<number, readonly Form[]> {
  const byHash = new Map<number, Form[]>();
  for (const secret of known) {
    const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
    for (const text of new Set([secret, encodeURIComponent(secret), base64])) {
      let hash = 0;
      for (let i = 0; i < WINDOW; i++) hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
      const same = byHash.get(hash);
      if (same) same.push({ text, secret });
      else byHash.set(hash, [{ text, secret }]);
    }
  }
  return byHash;
}
