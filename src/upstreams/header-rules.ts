/** RFC 9110's `token`: what the name of a header may be made of. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Visible ASCII, space, tab and the bytes above: anything that cannot end the line. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Headers that belong to the connection or the framing, which the gateway itself decides. */
const ENGINE_OWNED = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'expect',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
]);

const SECRET_NAME =
  /auth|token|secret|password|credential|cookie|signature|session|(^|[-_])key($|[-_])|apikey/i;

/** Why a header may not be set on calls, or undefined. */
export function headerNameFault(name: string): string | undefined {
  if (!TOKEN.test(name)) return 'is not the name of a header';
  if (ENGINE_OWNED.has(name.toLowerCase())) return 'belongs to the connection and cannot be set';
  return undefined;
}

export function isHeaderName(name: string): boolean {
  return TOKEN.test(name);
}

export function isHeaderValue(value: string): boolean {
  return VALUE.test(value);
}

/** Whether a header of this name is likely to carry a secret, so that its value must not be shown. */
export function mayHoldSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}
