import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { malformed, type Notes, refuse } from '../../conversation/notes.js';
import type { CallPart, Part, ResultPart, TextPart, ThoughtPart } from '../../conversation/parts.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import { signatureFor } from '../../conversation/signatures.js';
import { writeCacheMark } from './cache-control.js';
import { writeCallId } from './call-ids.js';
import { citationsForUpstream } from './citations.js';
import { COVERED, WHOLE_BLOCK } from './read-media.js';
import { writeMedia } from './write-media.js';

/** Parts of a message as blocks for Anthropic. @throws KeywheelError untranslatable, bad_body */
export function writeBlocks(parts: readonly Part[], notes: Notes): Fields[] {
  const blocks: Fields[] = [];
  for (const part of parts) {
    const block = writeBlock(part, notes);
    if (block) blocks.push(block);
  }
  return blocks;
}

/** Undefined for what Anthropic would refuse and nobody misses, or what another block has said already. */
function writeBlock(part: Part, notes: Notes): Fields | undefined {
  const own = part.extras?.anthropic;
  if (own?.[COVERED] === true) return undefined;
  return isFields(own?.[WHOLE_BLOCK]) ? own[WHOLE_BLOCK] : writeKind(part, notes);
}

function writeKind(part: Part, notes: Notes): Fields | undefined {
  switch (part.kind) {
    case 'text':
      return writeText(part);
    case 'refusal':
      return part.text.trim() === '' ? undefined : { type: 'text', text: part.text };
    case 'thought':
      return writeThought(part, notes);
    case 'media':
      if (part.detail !== undefined && part.detail !== 'auto') notes.dropped('detail');
      return { ...part.extras?.anthropic, ...writeMedia(part), ...writeCacheMark(part.cache) };
    case 'call':
      return writeCall(part);
    case 'result':
      return writeResult(part, notes);
    case 'native':
      if (part.origin === 'anthropic' && isFields(part.value)) return part.value;
      notes.dropped(`${part.origin}_part`);
      return undefined;
  }
}

/** Anthropic refuses texts of white space alone. */
function writeText({ text, citations, cache, extras }: TextPart): Fields | undefined {
  if (text.trim() === '') return undefined;
  const cited = citationsForUpstream(citations);
  return {
    ...extras?.anthropic,
    type: 'text',
    text,
    ...(cited.length > 0 && { citations: cited }),
    ...writeCacheMark(cache),
  };
}

/** Thoughts go back only with Anthropic's own signature: it refuses all others. */
function writeThought({ text, redacted, signature }: ThoughtPart, notes: Notes): Fields | undefined {
  const own = signatureFor(signature, 'anthropic');
  if (own === undefined) {
    // A block without words was only there to carry another provider's signature.
    if (text !== '') notes.dropped('thoughts');
    return undefined;
  }
  return redacted
    ? { type: 'redacted_thinking', data: own }
    : { type: 'thinking', thinking: text, signature: own };
}

function writeCall({ id, name, arguments: text, freeform, cache, extras }: CallPart): Fields {
  return {
    ...extras?.anthropic,
    type: 'tool_use',
    id: writeCallId(id),
    name,
    input: freeform ? { input: text } : inputOf(text, id),
    ...writeCacheMark(cache),
  };
}

function inputOf(text: string, id: string): Fields {
  if (text.trim() === '') return {};
  let input: unknown;
  try {
    input = parsePrecise(text);
  } catch {
    return malformed(`The arguments of the call ${id} are no JSON.`, 'arguments');
  }
  return isFields(input)
    ? input
    : malformed(`The arguments of the call ${id} are no JSON object.`, 'arguments');
}

/** https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls */
function writeResult({ callId, parts, isError, cache, extras }: ResultPart, notes: Notes): Fields {
  for (const { kind } of parts) {
    if (kind === 'call' || kind === 'result')
      refuse('The result of a call cannot hold other calls.', 'messages');
  }
  const content = writeBlocks(parts, notes);
  return {
    ...extras?.anthropic,
    type: 'tool_result',
    tool_use_id: writeCallId(callId),
    ...(content.length > 0 && { content }),
    ...(isError && { is_error: true }),
    ...writeCacheMark(cache),
  };
}
