import { at, parseJson } from '../kernel/judging.js';
import type { FindText } from '../proxy/smoothing/text-event.js';

/** An event with one line of data, and at most its name beside it. */
const ONE_LINE = /^(?:event:[^\r\n]*(?:\r\n|\n|\r))?data:([^\r\n]*)(?:\r\n|\n|\r){2}$/;

interface TextPlace {
  /** Name of the field that holds the text. */
  readonly field: string;
  /** The text of an event that says nothing that may not be said twice; undefined for any other. */
  textOf(event: unknown): unknown;
}

/** https://platform.openai.com/docs/api-reference/chat-streaming */
const CHAT: TextPlace = {
  field: 'content',
  textOf(event) {
    const choices = at(event, 'choices');
    if (!Array.isArray(choices) || choices.length !== 1) return undefined;
    const [choice] = choices as unknown[];
    if (!isNone(at(choice, 'finish_reason')) || !isNone(at(choice, 'logprobs'))) return undefined;
    return hasOnly(at(choice, 'delta'), ['role', 'content']) ? at(choice, 'delta', 'content') : undefined;
  },
};

/** https://platform.openai.com/docs/api-reference/responses-streaming; the pieces share the event's sequence number. */
const RESPONSES: TextPlace = {
  field: 'delta',
  textOf(event) {
    if (at(event, 'type') !== 'response.output_text.delta') return undefined;
    const logprobs = at(event, 'logprobs');
    const hasNone = isNone(logprobs) || (Array.isArray(logprobs) && logprobs.length === 0);
    return hasNone ? at(event, 'delta') : undefined;
  },
};

/** https://docs.anthropic.com/en/docs/build-with-claude/streaming */
const MESSAGES: TextPlace = {
  field: 'text',
  textOf: (event) =>
    at(event, 'type') === 'content_block_delta' && at(event, 'delta', 'type') === 'text_delta'
      ? at(event, 'delta', 'text')
      : undefined,
};

/** https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
const GEMINI: TextPlace = {
  field: 'text',
  textOf(event) {
    const candidates = at(event, 'candidates');
    if (!Array.isArray(candidates) || candidates.length !== 1) return undefined;
    const [candidate] = candidates as unknown[];
    const parts = at(candidate, 'content', 'parts');
    if (!hasOnly(candidate, ['content', 'index']) || !Array.isArray(parts)) return undefined;
    return parts.length === 1 && hasOnly(parts[0], ['text']) ? at(parts[0], 'text') : undefined;
  },
};

const PLACES: Readonly<Record<string, TextPlace>> = {
  chat: CHAT,
  responses: RESPONSES,
  messages: MESSAGES,
  streamGenerateContent: GEMINI,
};

const FINDERS: Readonly<Record<string, FindText>> = Object.fromEntries(
  Object.entries(PLACES).map(([operation, place]) => [operation, finderOf(place)]),
);

/** What finds the text in the events of an operation, as its callers get them; undefined where it streams no text. */
export function textFinder(operation: string): FindText | undefined {
  return Object.hasOwn(FINDERS, operation) ? FINDERS[operation] : undefined;
}

/** The rest of the event stays as it came, to the byte: only the text's own characters are put anew. */
function finderOf(place: TextPlace): FindText {
  const { field } = place;
  const member = new RegExp(`"${field}"\\s*:\\s*("[^"\\\\]*(?:\\\\.[^"\\\\]*)*")`, 'g');
  return (event) => {
    const data = ONE_LINE.exec(event)?.[1];
    if (data === undefined || !data.includes(`"${field}"`)) return undefined;
    const text = place.textOf(parseJson(data));
    if (typeof text !== 'string' || text === '') return undefined;
    // Another member of that name would leave open which of the two is the text.
    const found = [...event.matchAll(member)];
    if (found.length !== 1) return undefined;
    const [{ index, 0: whole, 1: literal }] = found as [RegExpExecArray & [string, string]];
    const end = index + whole.length;
    return { head: event.slice(0, end - literal.length), text, tail: event.slice(end) };
  };
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null;
}

function hasOnly(value: unknown, fields: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(([field, inner]) => fields.includes(field) || isNone(inner));
}
