import type { Fields } from '../../conversation/dialect.js';
import type { Notes } from '../../conversation/notes.js';
import type {
  CallPart,
  MediaPart,
  Part,
  RefusalPart,
  TextPart,
  ThoughtPart,
} from '../../conversation/parts.js';
import { wireCallId } from './call-ids.js';
import type { Quirks } from './quirks.js';
import { writeDetail, writeGoogleSignature } from './reasoning.js';
import { type Content, writeCacheMark, writeMedia } from './write-parts.js';

/** An earlier answer, as its model gets it back; undefined where nothing of it can be said. */
export function writeAssistant(parts: readonly Part[], quirks: Quirks, notes: Notes): Fields | undefined {
  const calls = parts.filter((part) => part.kind === 'call').map((call) => writeCall(call, quirks));
  const refusal = writeRefusal(parts, quirks);
  const audio = writeAudio(parts, notes);
  const images = writeImages(parts, quirks);
  const content = writeText(parts, quirks, refusal !== undefined);
  const thoughts = writeThoughts(parts, quirks, notes);
  const rest = {
    ...thoughts,
    ...refusal,
    ...audio,
    ...images,
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  if (content === null && Object.keys(rest).length === 0) return undefined;
  // Nothing but thoughts, or images, is refused without a text.
  const needed = content === null && calls.length === 0 && !refusal && !audio;
  return { content: needed ? '' : content, ...rest };
}

/** Where there is no field for a refusal it is text like any other. */
function writeText(parts: readonly Part[], quirks: Quirks, refusalApart: boolean): Content | null {
  const texts = parts
    .filter(
      (part): part is TextPart | RefusalPart =>
        part.kind === 'text' || (part.kind === 'refusal' && !refusalApart),
    )
    .filter(({ text }) => text !== '');
  if (texts.length === 0) return null;
  const marked = quirks.cache !== 'none' && texts.some(({ cache }) => cache);
  if (texts.length === 1 ? !marked : !quirks.textLists) return texts.map(({ text }) => text).join('');
  return texts.map(({ text, cache }) => ({ type: 'text', text, ...writeCacheMark(cache, quirks) }));
}

function writeRefusal(parts: readonly Part[], { developer }: Quirks): Fields | undefined {
  const refusals = parts.filter((part) => part.kind === 'refusal');
  if (refusals.length === 0 || !developer) return undefined;
  return { refusal: refusals.map(({ text }) => text).join('') };
}

/** The provider keeps what it said for a while, and is told by its id alone. */
function writeAudio(parts: readonly Part[], notes: Notes): Fields | undefined {
  const audio = parts.find((part): part is MediaPart => part.kind === 'media' && part.media === 'audio');
  if (!audio) return undefined;
  const id =
    audio.source.kind === 'file' && audio.source.origin === 'chat' ? audio.source.id : audio.extras?.chat?.id;
  if (typeof id === 'string') return { audio: { id } };
  notes.dropped('assistant_audio');
  return undefined;
}

function writeImages(parts: readonly Part[], quirks: Quirks): Fields | undefined {
  if (quirks.thoughts !== 'reasoning_details') return undefined;
  const images = parts.filter((part) => part.kind === 'media' && part.media === 'image');
  if (images.length === 0) return undefined;
  return { images: images.map((part) => writeMedia(part as MediaPart, quirks, 'messages')) };
}

/** Most refuse a field that they do not know, or lose nothing without it. */
function writeThoughts(parts: readonly Part[], quirks: Quirks, notes: Notes): Fields | undefined {
  const thoughts = parts.filter((part) => part.kind === 'thought');
  if (thoughts.length === 0) return undefined;
  if (quirks.thoughts === 'none') {
    notes.dropped('thoughts');
    return undefined;
  }
  if (quirks.thoughts === 'reasoning_details') return writeDetails(thoughts, notes);
  const text = thoughts.map((part) => part.text).join('');
  return text === '' ? undefined : { [quirks.thoughts]: text };
}

/** What another provider signed is of no use here, and goes as plain text. */
function writeDetails(thoughts: readonly ThoughtPart[], notes: Notes): Fields | undefined {
  const details = thoughts.flatMap((part, index) => {
    const own = part.signature?.origin === 'chat';
    if (part.redacted && !own) notes.dropped('redacted_thoughts');
    const { signature, ...unsigned } = part;
    return writeDetail(own ? { ...unsigned, signature } : unsigned, index) ?? [];
  });
  return details.length === 0 ? undefined : { reasoning_details: details };
}

function writeCall({ id, name, arguments: text, freeform, signature }: CallPart, quirks: Quirks): Fields {
  const signed =
    quirks.googleSignatures && signature?.origin === 'gemini' ? writeGoogleSignature(signature) : {};
  const wireId = wireCallId(id, quirks.callIds);
  if (freeform) return { id: wireId, type: 'custom', custom: { name, input: text } };
  return {
    id: wireId,
    type: 'function',
    function: { name, arguments: text === '' ? '{}' : text },
    ...signed,
  };
}
