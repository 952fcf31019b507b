import { createHash } from 'node:crypto';
import type { Quirks } from './quirks.js';

/** OpenAI refuses longer ids of calls. */
const LONGEST = 40;
/** Mistral takes no other: https://docs.mistral.ai/api/ */
const NINE = /^[a-zA-Z0-9]{9}$/;

/**
 * A call's id in the form that the upstream takes: as it is where it may be, else always the same one made of it,
 * so that results find their calls.
 */
export function wireCallId(id: string, form: Quirks['callIds']): string {
  if (form === 'nine') return NINE.test(id) ? id : digest(id).replaceAll(/[-_]/g, '0').slice(0, 9);
  return id !== '' && id.length <= LONGEST ? id : `call_${digest(id).slice(0, 24)}`;
}

/** An id for a call that the upstream gave none, unique in a conversation as answers are told apart by theirs. */
export function missingCallId(replyId: string, candidate: number, position: number, name: string): string {
  return `call_${digest(`${replyId} ${candidate} ${position} ${name}`).slice(0, 24)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
