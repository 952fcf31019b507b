const FITTING = /^[a-zA-Z0-9_-]+$/;

/**
 * Anthropic takes letters, digits, `_` and `-` in the ids of calls. Others are written in hexadecimal digits, the same
 * for a call and its result.
 */
export function writeCallId(id: string): string {
  return FITTING.test(id) ? id : `call_${Buffer.from(id).toString('hex')}`;
}
