import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { noteForeignExtras } from '../../conversation/foreign-extras.js';
import { type Notes, refuse } from '../../conversation/notes.js';
import type { Part } from '../../conversation/parts.js';

/** What has no counterpart where a model is asked for one thing only, as Gemini names it. */
const UNSAID = {
  maxTokens: 'maxOutputTokens',
  temperature: 'temperature',
  topP: 'topP',
  topK: 'topK',
  seed: 'seed',
  presencePenalty: 'presencePenalty',
  frequencyPenalty: 'frequencyPenalty',
  stop: 'stopSequences',
  logprobs: 'responseLogprobs',
} as const;

/** Tells of settings that a model without conversations knows not. @param said what it has a word for */
export function noteUnsaid(conversation: Conversation, notes: Notes, said: Fields): void {
  noteForeignExtras(conversation, 'chat', notes, said);
  for (const [field, name] of Object.entries(UNSAID)) {
    if (conversation.sampling[field as keyof typeof UNSAID] !== undefined) notes.dropped(name);
  }
  if (conversation.thinking) notes.dropped('thinkingConfig');
}

export interface OnlyText {
  readonly text: string;
  /** Empty where there are none. */
  readonly instructions: string;
}

/**
 * The one message of a conversation, for a model that has none. @param instructed whether it takes instructions
 * @throws KeywheelError untranslatable
 */
export function onlyText(
  { system, messages, tools, output }: Conversation,
  { instructed }: { readonly instructed: boolean },
): OnlyText {
  if (system.length > 0 && !instructed)
    refuse('This model takes no instructions: say it in the text.', 'systemInstruction');
  if (tools.length > 0) refuse('This model calls no tools.', 'tools');
  if (output && output.kind !== 'text') refuse('This model does not write.', 'responseMimeType');
  const [message, ...more] = messages;
  if (message?.role !== 'user' || more.length > 0)
    refuse('This model has no conversations: send one message of the user.', 'contents');
  return { text: textOf(message.parts), instructions: textOf(system) };
}

function textOf(parts: readonly Part[]): string {
  const texts = parts.map((part) =>
    part.kind === 'text' ? part.text : refuse('This model takes nothing but text.', 'contents'),
  );
  return texts.join('\n');
}
