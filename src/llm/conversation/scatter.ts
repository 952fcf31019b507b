import type { Part } from './parts.js';
import type { Candidate, Reply } from './reply.js';
import type { ReplyEvent } from './reply-events.js';

/** A whole answer as the events of a stream, for callers who asked for one where the upstream has none. */
export function* scatter(reply: Reply): Iterable<ReplyEvent> {
  const { id, model, created, usage, extras } = reply;
  yield { type: 'start', id, model, ...(created !== undefined && { created }) };
  for (const candidate of reply.candidates) yield* candidateEvents(candidate);
  if (extras) yield { type: 'extras', extras };
  if (usage) yield { type: 'usage', usage };
  yield { type: 'end' };
}

function* candidateEvents({ index, parts, finish, logprobs, extras }: Candidate): Iterable<ReplyEvent> {
  for (const [part, value] of parts.entries()) yield* partEvents(index, part, value);
  if (logprobs) yield { type: 'logprobs', candidate: index, tokens: logprobs };
  if (extras) yield { type: 'extras', candidate: index, extras };
  yield { type: 'finish', candidate: index, finish };
}

function* partEvents(candidate: number, part: number, value: Part): Iterable<ReplyEvent> {
  const at = { candidate, part };
  if (!comesInPieces(value)) {
    yield { type: 'whole', ...at, value };
    return;
  }
  if (value.kind === 'call') {
    const { id, name, freeform } = value;
    yield { type: 'open', ...at, kind: 'call', id, name, ...(freeform && { freeform }) };
    if (value.arguments !== '') yield { type: 'delta', ...at, text: value.arguments };
  } else {
    yield { type: 'open', ...at, kind: value.kind };
    if (value.text !== '') yield { type: 'delta', ...at, text: value.text };
  }
  if (value.kind === 'text') {
    for (const citation of value.citations ?? []) yield { type: 'citation', ...at, citation };
  }
  if (value.signature) yield { type: 'signature', ...at, signature: value.signature };
  yield { type: 'close', ...at };
}

type InPieces = Extract<Part, { kind: 'text' | 'thought' | 'call' | 'refusal' }>;

/** Side fields of a part have no event of their own, so a part that has some comes whole. */
function comesInPieces(part: Part): part is InPieces {
  if (part.extras !== undefined) return false;
  if (part.kind === 'thought') return !part.redacted;
  return part.kind === 'text' || part.kind === 'call' || part.kind === 'refusal';
}
