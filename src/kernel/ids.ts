import { randomBytes, randomUUID } from 'node:crypto';

/** Id of a stored row: 22 URL-safe characters; the first 8 are the time, so that rows made together lie together. */
export function newId(now = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  return bytes.toString('base64url');
}

const instance = randomUUID().replaceAll('-', '').slice(0, 16);
/** Six digits of base 36 from the first one on. */
let calls = 36 ** 5;

/** Id of one call, unique over instances without asking the random source for each call. */
export function newRequestId(): string {
  calls = (calls + 1) % Number.MAX_SAFE_INTEGER;
  return `req_${instance}${calls.toString(36)}`;
}

/** Identifies this process among others, for as long as it runs. */
export function instanceId(): string {
  return instance;
}
