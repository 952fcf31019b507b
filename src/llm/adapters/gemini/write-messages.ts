import { calledTools } from '../../conversation/called-tools.js';
import type { WriteContext } from '../../conversation/codec.js';
import type { Conversation, Message } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { NOTHING_SAID, refuse } from '../../conversation/notes.js';
import type { Part } from '../../conversation/parts.js';
import { NO_SIGNATURE } from './carried-signature.js';
import { isGemini3, isGemma } from './model-facts.js';
import { writeFunctionResponse } from './results.js';
import { type PartContext, writePart } from './write-parts.js';

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: Fields[];
}

interface WrittenMessages {
  readonly contents: readonly Content[];
  readonly systemInstruction?: Fields;
}

/** https://ai.google.dev/api/caching#Content. @throws KeywheelError untranslatable */
export function writeMessages(conversation: Conversation, context: WriteContext): WrittenMessages {
  const writer = new MessageWriter(conversation, context);
  const contents: Content[] = [];
  for (const message of conversation.messages) {
    const content = writer.write(message);
    if (content.parts.length === 0) continue;
    const last = contents.at(-1);
    if (last?.role === content.role) last.parts.push(...content.parts);
    else contents.push(content);
  }
  if (isGemini3(context.model)) contents.forEach(signCalls);
  const system = writer.system(conversation.system);
  if (contents.length === 0 && system.length === 0) refuse(NOTHING_SAID, 'contents');
  if (contents[0]?.parts.some(({ functionCall }) => functionCall !== undefined)) {
    context.notes.warn('added:user_turn');
    contents.unshift({ role: 'user', parts: [{ text: BEFORE }] });
  }
  return placeSystem(system, contents, context);
}

/** Gemini refuses a conversation that begins with a call, as one does that was cut off in front. */
const BEFORE = '(What was said before is left out.)';

class MessageWriter {
  private readonly names: ReadonlyMap<string, string>;
  private readonly parts: PartContext;
  private readonly model: string;

  constructor(
    { messages }: Conversation,
    private readonly context: WriteContext,
  ) {
    const { model, preset, notes } = context;
    this.names = calledTools(messages);
    this.model = model;
    // Vertex knows ids from Gemini 3 on.
    const isVertex = preset === 'vertex-express';
    const resolutions = isGemini3(model);
    const ids = !isVertex || resolutions;
    this.parts = { ids, files: !isVertex, resolutions, dropped: (field) => notes.dropped(field) };
  }

  write({ role, name, parts }: Message): Content {
    if (name !== undefined) this.context.notes.dropped('name');
    if (role === 'assistant') return { role: 'model', parts: this.written(parts) };
    if (role === 'system' || role === 'developer') this.context.notes.warn('changed:system');
    return { role: 'user', parts: this.written(parts) };
  }

  system(parts: readonly Part[]): Fields[] {
    for (const { kind } of parts) {
      if (kind === 'media') refuse('Instructions to Gemini are text only.', 'systemInstruction');
    }
    return this.written(parts);
  }

  /** Results come first, and what they cannot hold comes behind all of them. */
  private written(parts: readonly Part[]): Fields[] {
    const results: Fields[] = [];
    const others: Fields[] = [];
    for (const part of parts) {
      if (part.kind !== 'result') {
        const written = writePart(part, this.parts);
        if (written) others.push(written);
        continue;
      }
      if (part.cache) this.parts.dropped('cache_control');
      const name = part.name ?? this.names.get(part.callId);
      if (name === undefined) refuse(`No call has the id ${part.callId}.`, 'tool_call_id');
      const id = this.parts.ids ? part.callId : undefined;
      const { part: result, beside } = writeFunctionResponse(part, name, this.model, id);
      results.push(result);
      others.push(...beside);
    }
    return [...results, ...others];
  }
}

/** The first call of each step must be signed. */
function signCalls({ role, parts }: Content): void {
  if (role !== 'model') return;
  const first = parts.findIndex((part) => part.functionCall !== undefined);
  const part = parts[first];
  if (part && part.thoughtSignature === undefined) parts[first] = { ...part, thoughtSignature: NO_SIGNATURE };
}

function placeSystem(system: Fields[], contents: Content[], { model, notes }: WriteContext): WrittenMessages {
  if (system.length === 0) return { contents };
  // There must be something to answer, and Gemma is told everything by the user.
  if (contents.length === 0 || isGemma(model)) {
    notes.warn('changed:system');
    const [first, ...others] = contents;
    if (first?.role === 'user')
      return { contents: [{ role: 'user', parts: [...system, ...first.parts] }, ...others] };
    return { contents: [{ role: 'user', parts: system }, ...contents] };
  }
  return { contents, systemInstruction: { parts: system } };
}
