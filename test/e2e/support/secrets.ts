import { randomBytes } from 'node:crypto';

const known = new Set<string>();
const heard: string[] = [];

/** A secret of this test file: random, remembered, and looked for when a gateway stops. */
export function newSecret(prefix = 'sk-'): string {
  return remember(prefix + randomBytes(18).toString('hex'));
}

export function newSecrets(count: number, prefix = 'sk-'): string[] {
  return Array.from({ length: count }, () => newSecret(prefix));
}

export function remember(secret: string): string {
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

/** Secrets that a text holds, plain, percent-encoded or in base64, each shortened for the report. */
export function leaksIn(text: string): string[] {
  const leaks: string[] = [];
  for (const secret of known) {
    const forms = [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ];
    if (forms.some((form) => text.includes(form))) leaks.push(`${secret.slice(0, 10)}…`);
  }
  return leaks;
}
