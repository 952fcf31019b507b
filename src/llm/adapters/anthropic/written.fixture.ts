import type { Conversation } from '../../conversation/conversation.js';
import { Notes } from '../../conversation/notes.js';
import type { FunctionTool } from '../../conversation/tools.js';
import { anthropicCodec } from './codec.js';
import { overTheWire } from './sse.fixture.js';

export const ASKED: Conversation = {
  model: 'm',
  stream: false,
  system: [],
  messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Hi' }] }],
  tools: [],
  sampling: { maxTokens: 10_000 },
};
export const TOOL: FunctionTool = {
  kind: 'function',
  name: 'f',
  parameters: { type: 'object', properties: {} },
};

/** What tests of requests look into. */
interface Written extends Record<string, unknown> {
  readonly system: { readonly text: string }[];
  readonly messages: { readonly content: unknown }[];
  readonly tools: { readonly input_schema: unknown }[];
  readonly output_config?: { readonly effort?: string };
}

/** A plain request with more in it, as it goes to a model of Anthropic, and what was noted. */
export function write(more: Partial<Conversation>, model = 'claude-sonnet-4-5') {
  const notes = new Notes();
  const { body } = anthropicCodec.writeRequest({ ...ASKED, ...more }, { model, preset: 'anthropic', notes });
  return { body: overTheWire(body) as unknown as Written, notes: notes.warnings };
}
