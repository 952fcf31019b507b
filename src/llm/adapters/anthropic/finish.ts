import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { Part } from '../../conversation/parts.js';
import type { Finish, FinishReason } from '../../conversation/reply.js';

/** https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
const REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  max_tokens: 'length',
  stop_sequence: 'stop_sequence',
  tool_use: 'calls',
  pause_turn: 'paused',
  refusal: 'refused',
  model_context_window_exceeded: 'context_full',
};

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  calls: 'tool_use',
  filtered: 'refusal',
  refused: 'refusal',
  context_full: 'model_context_window_exceeded',
  paused: 'pause_turn',
  malformed_call: 'end_turn',
  other: 'end_turn',
};

/** From the end of a message, or from the `delta` of `message_delta`. */
export function readFinish({
  stop_reason: word,
  stop_sequence: sequence,
  stop_details: details,
}: Fields): Finish {
  const native = typeof word === 'string' ? word : undefined;
  const told = isFields(details) ? details : undefined;
  return {
    reason: (native !== undefined && Object.hasOwn(REASONS, native) && REASONS[native]) || 'other',
    ...(native !== undefined && { native }),
    ...(typeof sequence === 'string' && { stopSequence: sequence }),
    ...(typeof told?.explanation === 'string' && { message: told.explanation }),
    ...(told && { details: told }),
  };
}

/** Of an answer, what its end says. */
export interface Ending {
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly stop_details?: Fields;
}

/** @param kinds of the parts that the answer has */
export function writeFinish(finish: Finish, kinds: ReadonlySet<Part['kind']>): Ending {
  const refused = kinds.has('refusal');
  const calls = finish.reason === 'stop' && kinds.has('call');
  const word = refused ? 'refusal' : calls ? 'tool_use' : WORDS[finish.reason];
  return {
    stop_reason: word,
    stop_sequence: finish.stopSequence ?? null,
    ...(word === 'refusal' && { stop_details: refusalDetails(finish) }),
  };
}

function refusalDetails({ message, native, details }: Finish): Fields {
  if (details?.type === 'refusal') return details;
  return { type: 'refusal', category: null, explanation: message ?? native ?? null };
}

/**
 * Words for an answer that has no parts although nothing in Anthropic's vocabulary says that it failed, so that it
 * does not look like an empty success. Undefined where its ending speaks for itself.
 */
export function wordsForNothing({ reason, message, native }: Finish): string | undefined {
  if (reason !== 'malformed_call' && reason !== 'other') return undefined;
  const what =
    reason === 'malformed_call' ? 'The model tried to call a tool and failed' : 'The model gave no answer';
  const why = message ?? native;
  return why === undefined ? `${what}.` : `${what}: ${why}`;
}
