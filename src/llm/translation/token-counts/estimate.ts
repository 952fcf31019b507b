import type { Conversation } from '../../conversation/conversation.js';
import type { MediaPart, Part } from '../../conversation/parts.js';

/**
 * What stands between messages, as OpenAI counts its own.
 * https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken
 */
const PER_MESSAGE = 3;
const PER_ANSWER = 3;
/** A square image of 1024 pixels, looked at closely. https://platform.openai.com/docs/guides/images-vision#calculating-costs */
const PER_IMAGE = 765;
/** Sound, films and documents, whose length nobody has measured: half a minute, or a few pages. */
const PER_OTHER_MEDIA = 1500;

/** What a conversation is made of, as far as it can be counted. */
export interface Countable {
  readonly text: string;
  /** Tokens of all that is no text. */
  readonly others: number;
}

/** Everything that the model would read. */
export function countable({ system, messages, tools, output }: Conversation): Countable {
  const texts: string[] = [];
  let others = PER_ANSWER + (system.length > 0 ? PER_MESSAGE : 0) + messages.length * PER_MESSAGE;
  const add = (part: Part): void => {
    others += mediaTokens(part);
    for (const text of textsOf(part)) texts.push(text);
    if (part.kind === 'result') part.parts.forEach(add);
  };
  system.forEach(add);
  for (const { name, parts } of messages) {
    if (name !== undefined) texts.push(name);
    parts.forEach(add);
  }
  for (const tool of tools) texts.push(JSON.stringify(tool));
  if (output?.kind === 'schema') texts.push(JSON.stringify(output.schema));
  return { text: texts.join('\n'), others };
}

function mediaTokens(part: Part): number {
  if (part.kind !== 'media' || part.source.kind === 'text') return 0;
  return part.media === 'image' ? PER_IMAGE : PER_OTHER_MEDIA;
}

function textsOf(part: Part): readonly string[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
    case 'thought':
      return [part.text];
    case 'call':
      return [part.name, part.arguments];
    case 'media':
      return textsOfMedia(part);
    case 'result':
      return part.name === undefined ? [] : [part.name];
    case 'native':
      return [JSON.stringify(part.value) ?? ''];
  }
}

function textsOfMedia({ source, name }: MediaPart): readonly string[] {
  return [...(name === undefined ? [] : [name]), ...(source.kind === 'text' ? [source.text] : [])];
}
