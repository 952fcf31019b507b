import { createHash } from 'node:crypto';

/** OpenAI refuses longer ids of calls. */
const LONGEST_CALL_ID = 64;

/** The id of a response: the upstream's where it is one, else one made of the request's. */
export function responseId(replyId: string, requestId: string): string {
  return replyId.startsWith('resp_') ? replyId : `resp_${requestId.replace(/^req_/, '')}`;
}

/** The id of an item: it tells its response and its place, so that a reference to it can be looked up. */
export function itemId(prefix: string, response: string, index: number): string {
  return `${prefix}_${response.replace(/^resp_/, '')}_${index}`;
}

/** The response that an item of `itemId` belongs to; undefined for other ids. */
export function responseOfItem(id: string): string | undefined {
  const found = /^[a-z]+_(.+)_\d+$/.exec(id);
  return found ? `resp_${found[1]!}` : undefined;
}

/** A call's id as OpenAI takes it; what is longer always becomes the same one, so that results find their calls. */
export function wireCallId(id: string): string {
  if (id !== '' && id.length <= LONGEST_CALL_ID) return id;
  return `call_${createHash('sha256').update(id).digest('base64url').slice(0, 24)}`;
}
