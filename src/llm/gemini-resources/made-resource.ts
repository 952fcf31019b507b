/** A file or cached content that an answer tells of. */
export interface MadeResource {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const HOUR = 3_600_000;
/** https://ai.google.dev/gemini-api/docs/files: files live 48 hours */
const FILE_LIFE = 48 * HOUR;

/** Reads `{file: {name, expirationTime}}`, `{name: 'files/…'}` and `{name: 'cachedContents/…', expireTime}`. */
export function madeResource(body: string, now: number): MadeResource | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  const made = fieldOf(parsed, 'file') ?? parsed;
  const name = fieldOf(made, 'name');
  if (typeof name !== 'string' || !/^(?:files|cachedContents)\/[A-Za-z0-9_-]+$/.test(name)) return undefined;
  const told = Date.parse(String(fieldOf(made, 'expirationTime') ?? fieldOf(made, 'expireTime')));
  return { name, expiresAt: Number.isFinite(told) ? told : now + FILE_LIFE };
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}
