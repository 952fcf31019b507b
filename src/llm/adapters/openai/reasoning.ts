import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { Signature, ThoughtPart } from '../../conversation/parts.js';
import { seal, unseal } from '../../conversation/signatures.js';

/*
 * Thoughts in Chat Completions, which OpenAI's own does not show: `reasoning_content` (DeepSeek and most others) or
 * `reasoning` (OpenRouter, Groq, Ollama) hold the text, and OpenRouter's list `reasoning_details` holds texts with
 * what their provider needs back. https://openrouter.ai/docs/use-cases/reasoning-tokens
 */

const FORMATS: Readonly<Record<Signature['origin'], string>> = {
  chat: 'unknown',
  responses: 'openai-responses-v1',
  anthropic: 'anthropic-claude-v1',
  gemini: 'google-gemini-v1',
};

/** One entry of `reasoning_details` as it was read. */
export interface Detail {
  /** Entries with the same one are pieces of one thought. */
  readonly index: unknown;
  readonly text: string;
  readonly redacted: boolean;
  readonly signature: Signature | undefined;
}

/** Entries that are of no known kind are left out. */
export function readDetails(value: unknown): readonly Detail[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).flatMap((entry) => (isFields(entry) ? readDetail(entry) : []));
}

function readDetail(entry: Fields): readonly Detail[] {
  const { type, text, summary, data, signature, index } = entry;
  if (type === 'reasoning.encrypted') {
    return typeof data === 'string'
      ? [{ index, text: '', redacted: true, signature: readSignature(data, entry) }]
      : [];
  }
  if (type !== 'reasoning.text' && type !== 'reasoning.summary') return [];
  const words = type === 'reasoning.text' ? text : summary;
  const signed =
    typeof signature === 'string' && signature !== '' ? readSignature(signature, entry) : undefined;
  return [{ index, text: typeof words === 'string' ? words : '', redacted: false, signature: signed }];
}

/** One of this dialect's own is kept as the entry without its text, since its provider wants all of it back. */
function readSignature(value: string, entry: Fields): Signature {
  const unsealed = unseal(value, 'chat');
  if (unsealed.origin !== 'chat') return unsealed;
  const { text: _text, summary: _summary, index: _index, ...rest } = entry;
  return { origin: 'chat', value: JSON.stringify(rest) };
}

/** Thoughts of a message, from the richest of its fields. */
export function readThoughts(message: Fields): readonly ThoughtPart[] {
  const details = readDetails(message.reasoning_details);
  if (details.length > 0) return joinDetails(details);
  const text = thoughtText(message);
  return text === '' ? [] : [{ kind: 'thought', text }];
}

/** `reasoning_content` or `reasoning`, as text; empty where there is neither. */
export function thoughtText({ reasoning_content, reasoning }: Fields): string {
  if (typeof reasoning_content === 'string' && reasoning_content !== '') return reasoning_content;
  return typeof reasoning === 'string' ? reasoning : '';
}

/** Clients that collected a stream give its pieces back: a thought ends with its signature or its index. */
function joinDetails(details: readonly Detail[]): readonly ThoughtPart[] {
  const parts: ThoughtPart[] = [];
  let last: { index: unknown; text: string; signature?: Signature } | undefined;
  const flush = () => {
    if (last)
      parts.push({ kind: 'thought', text: last.text, ...(last.signature && { signature: last.signature }) });
    last = undefined;
  };
  for (const { index, text, redacted, signature } of details) {
    if (redacted) {
      flush();
      parts.push({ kind: 'thought', text: '', redacted: true, ...(signature && { signature }) });
      continue;
    }
    if (last && (last.index !== index || last.signature)) flush();
    last = { index, text: (last?.text ?? '') + text, ...(signature && { signature }) };
  }
  flush();
  return parts;
}

/** A thought, or a piece of one, as an entry; undefined where nothing of it can be said. */
export function writeDetail(
  { text, redacted, signature }: Pick<ThoughtPart, 'text' | 'redacted' | 'signature'>,
  index: number,
): Fields | undefined {
  const own = signature?.origin === 'chat' ? ownEntry(signature.value) : undefined;
  if (redacted) {
    if (!signature) return undefined;
    if (own) return { ...own, index };
    return {
      type: 'reasoning.encrypted',
      data: seal(signature, 'chat'),
      format: FORMATS[signature.origin],
      index,
    };
  }
  if (own) return { ...own, [own.type === 'reasoning.summary' ? 'summary' : 'text']: text, index };
  return {
    type: 'reasoning.text',
    text,
    ...(signature && { signature: seal(signature, 'chat'), format: FORMATS[signature.origin] }),
    index,
  };
}

function ownEntry(value: string): Fields | undefined {
  try {
    const entry: unknown = JSON.parse(value);
    return isFields(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Google's own field for a signature on a call or a message. What is no Gemini signature travels in it sealed.
 * https://ai.google.dev/gemini-api/docs/thought-signatures#openai
 */
export function readGoogleSignature({ extra_content: extra }: Fields): Signature | undefined {
  const google = isFields(extra) ? extra.google : undefined;
  const value = isFields(google) ? google.thought_signature : undefined;
  return typeof value === 'string' && value !== '' ? unseal(value, 'gemini') : undefined;
}

export function writeGoogleSignature(signature: Signature): Fields {
  return { extra_content: { google: { thought_signature: seal(signature, 'gemini') } } };
}
