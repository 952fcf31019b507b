import type { ReplyContext } from '../../conversation/codec.js';
import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { CallPart, MediaPart, Part, TextPart } from '../../conversation/parts.js';
import type { Candidate, Reply } from '../../conversation/reply.js';
import { writeCitation } from './citations.js';
import { writeFinish } from './finish.js';
import { writeDetail, writeGoogleSignature } from './reasoning.js';
import { writeLogprobs } from './token-logprobs.js';
import { writeCounts } from './usage.js';

/** https://platform.openai.com/docs/api-reference/chat/object */
export function writeReply(reply: Reply, context: ReplyContext): Fields {
  const { usage, candidates } = reply;
  const { predictions, ...extras } = reply.extras?.chat ?? {};
  const legacy = wantsFunctionCalls(context.conversation);
  return {
    ...replyHead(reply, context, 'chat.completion'),
    choices: candidates.map((candidate) => writeChoice(candidate, legacy)),
    ...(usage && { usage: writeCounts(usage, isFields(predictions) ? predictions : {}) }),
    ...extras,
  };
}

/** What each whole answer, and each chunk of a stream, begins with. */
export function replyHead(
  reply: Pick<Reply, 'id' | 'model' | 'created'>,
  { requestId, conversation, created }: ReplyContext,
  object: string,
): Fields {
  return {
    id: reply.id === '' ? `chatcmpl-${requestId}` : reply.id,
    object,
    created: reply.created ?? created ?? 0,
    model: reply.model === '' ? conversation.model : reply.model,
  };
}

/** The client asked by the deprecated `functions`, and knows no `tool_calls`. */
export function wantsFunctionCalls({ tools }: Conversation): boolean {
  return tools.some((tool) => tool.kind === 'function' && tool.extras?.chat?.legacy === true);
}

function writeChoice({ index, parts, finish, logprobs }: Candidate, legacy: boolean): Fields {
  const refusal = parts.some(({ kind }) => kind === 'refusal');
  const word = writeFinish(finish, { refusal });
  return {
    index,
    message: writeMessage(parts, legacy),
    logprobs: logprobs ? writeLogprobs(logprobs) : null,
    finish_reason: legacy && word === 'tool_calls' ? 'function_call' : word,
    ...(finish.native !== undefined && finish.native !== word && { native_finish_reason: finish.native }),
  };
}

function writeMessage(parts: readonly Part[], legacy: boolean): Fields {
  const texts = parts.filter((part) => part.kind === 'text');
  const calls = parts.filter((part) => part.kind === 'call');
  const refusals = parts.filter((part) => part.kind === 'refusal');
  const annotations = writeAnnotations(texts);
  const signature = texts.findLast((part) => part.signature)?.signature;
  return {
    role: 'assistant',
    content: texts.length === 0 ? null : texts.map(({ text }) => text).join(''),
    refusal: refusals.length === 0 ? null : refusals.map(({ text }) => text).join(''),
    ...writeThoughts(parts),
    ...(annotations.length > 0 && { annotations }),
    ...writeMedia(parts),
    ...writeCalls(calls, legacy),
    ...(signature && writeGoogleSignature(signature)),
  };
}

function writeCalls(calls: readonly CallPart[], legacy: boolean): Fields {
  if (calls.length === 0) return {};
  if (!legacy) return { tool_calls: calls.map(writeCall) };
  const { name, arguments: text } = calls[0]!;
  return { function_call: { name, arguments: text } };
}

function writeCall({ id, name, arguments: text, freeform, signature }: CallPart): Fields {
  const signed = signature && writeGoogleSignature(signature);
  if (freeform) return { id, type: 'custom', custom: { name, input: text }, ...signed };
  return { id, type: 'function', function: { name, arguments: text }, ...signed };
}

function writeThoughts(parts: readonly Part[]): Fields {
  const thoughts = parts.filter((part) => part.kind === 'thought');
  if (thoughts.length === 0) return {};
  const text = thoughts.map((part) => part.text).join('');
  const details = thoughts.flatMap((part, index) => writeDetail(part, index) ?? []);
  return {
    ...(text !== '' && { reasoning_content: text }),
    ...(details.length > 0 && { reasoning_details: details }),
  };
}

function writeAnnotations(texts: readonly TextPart[]): readonly Fields[] {
  let base = 0;
  const written: Fields[] = [];
  for (const { text, citations = [] } of texts) {
    for (const citation of citations) {
      const annotation = writeCitation(citation, base, text.length);
      if (annotation) written.push(annotation);
    }
    base += text.length;
  }
  return written;
}

/** Sound and images have a place each; there is none for films and documents. */
function writeMedia(parts: readonly Part[]): Fields {
  const media = parts.filter((part) => part.kind === 'media');
  const audio = media.find((part) => part.media === 'audio');
  const images = media
    .filter((part) => part.media === 'image')
    .flatMap((part, index) => writeImage(part, index) ?? []);
  return { ...(audio && writeAudio(audio)), ...(images.length > 0 && { images }) };
}

/** https://openrouter.ai/docs/features/multimodal/image-generation */
export function writeImage({ mime = 'image/png', source }: MediaPart, index: number): Fields | undefined {
  if (source.kind === 'url') return { type: 'image_url', image_url: { url: source.url }, index };
  if (source.kind !== 'base64') return undefined;
  return { type: 'image_url', image_url: { url: `data:${mime};base64,${source.data}` }, index };
}

/** What has no id, since another provider made it, gets one that says nothing; it cannot be named later. */
export function writeAudio({ source, transcript = '', extras }: MediaPart): Fields | undefined {
  if (source.kind !== 'base64') return undefined;
  const { id = 'audio', expires_at: expiry = 0 } = extras?.chat ?? {};
  return { audio: { id, data: source.data, transcript, expires_at: expiry } };
}
