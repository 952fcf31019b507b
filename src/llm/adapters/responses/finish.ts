import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { Part } from '../../conversation/parts.js';
import type { Finish } from '../../conversation/reply.js';

/** How a response ended, from its status and `incomplete_details`. @param kinds of the parts that it has */
export function readFinish(response: Fields, kinds: ReadonlySet<Part['kind']>): Finish {
  const { status, incomplete_details: details } = response;
  const why = isFields(details) && typeof details.reason === 'string' ? details.reason : undefined;
  const native = why ?? (typeof status === 'string' ? status : undefined);
  const told = native === undefined ? {} : { native };
  if (status === 'incomplete') {
    if (why === 'max_output_tokens') return { reason: 'length', ...told };
    return { reason: why === 'content_filter' ? 'filtered' : 'other', ...told };
  }
  if (status !== 'completed' && status !== undefined) return { reason: 'other', ...told };
  if (kinds.has('call')) return { reason: 'calls', ...told };
  return { reason: kinds.has('refusal') ? 'refused' : 'stop', ...told };
}

/** Fields of a response that say how it ended. */
export interface Ending {
  readonly status: 'completed' | 'incomplete' | 'failed';
  readonly incomplete_details: Fields | null;
  readonly error: Fields | null;
}

/**
 * The dialect knows two reasons for an answer that is not whole. One that ended for a reason it has no word for is
 * told as too long, so that nobody takes it for whole; where nothing came of it, it failed.
 * https://platform.openai.com/docs/api-reference/responses/object#responses/object-incomplete_details
 * @param kinds of the parts that it has
 */
export function writeFinish(finish: Finish, kinds: ReadonlySet<Part['kind']>): Ending {
  const { reason } = finish;
  switch (reason) {
    case 'stop':
    case 'stop_sequence':
    case 'calls':
      return { status: 'completed', incomplete_details: null, error: null };
    case 'refused':
      return kinds.has('refusal')
        ? { status: 'completed', incomplete_details: null, error: null }
        : incomplete('content_filter');
    case 'filtered':
      return incomplete('content_filter');
    case 'length':
    case 'context_full':
    case 'paused':
      return incomplete('max_output_tokens');
    case 'malformed_call':
    case 'other':
      return kinds.size > 0 ? incomplete('max_output_tokens') : failed(finish);
  }
}

function incomplete(reason: string): Ending {
  return { status: 'incomplete', incomplete_details: { reason }, error: null };
}

function failed({ reason, message, native }: Finish): Ending {
  const what =
    reason === 'malformed_call' ? 'The model tried to call a tool and failed' : 'There is no answer';
  const why = message ?? native;
  const text = why === undefined ? `${what}.` : `${what}: ${why}`;
  return { status: 'failed', incomplete_details: null, error: { code: 'server_error', message: text } };
}
