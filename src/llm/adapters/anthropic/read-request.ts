import type { RequestFacts } from '../../conversation/codec.js';
import type { Conversation, Message, OutputFormat, Sampling } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import {
  fieldsOf,
  isFields,
  listOf,
  optionalFields,
  optionalFlag,
  optionalList,
  optionalNumber,
  optionalText,
  optionalTexts,
  otherFields,
  textOf,
} from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import type { Part } from '../../conversation/parts.js';
import { wantsEveryField } from '../../conversation/strict-schema.js';
import { readContent } from './read-blocks.js';
import { readThinking } from './read-thinking.js';
import { readTool, readToolChoice } from './tools.js';

const KNOWN = new Set([
  ...['model', 'messages', 'system', 'max_tokens', 'metadata', 'stop_sequences', 'stream', 'temperature'],
  ...['top_k', 'top_p', 'tools', 'tool_choice', 'thinking', 'output_config', 'output_format'],
]);

/** https://platform.claude.com/docs/en/api/messages @throws KeywheelError bad_body */
export function readRequest(body: Fields, facts: RequestFacts): Conversation {
  const output = readOutput(body);
  const { thinking, extras: thinkingExtras } = readThinking(body);
  const metadata = optionalFields(body.metadata, 'metadata');
  const user = optionalText(metadata?.user_id, 'metadata.user_id');
  const side = { ...otherFields(body, KNOWN), ...thinkingExtras };
  return {
    model: facts.model ?? textOf(body.model, 'model'),
    stream: optionalFlag(body.stream, 'stream') ?? facts.stream,
    system: readSystem(body.system, 'system'),
    messages: readMessages(body.messages),
    tools: optionalList(body.tools, 'tools').map((tool, index) => readTool(tool, `tools.${index}`)),
    ...readToolChoice(body.tool_choice),
    ...(output && { output }),
    sampling: readSampling(body),
    ...(thinking && { thinking }),
    ...(user !== undefined && { user }),
    ...(Object.keys(side).length > 0 && { extras: { anthropic: side } }),
  };
}

function readSystem(system: unknown, param: string): readonly Part[] {
  if (system === undefined || system === null || system === '') return [];
  return readContent(system, 'client', param);
}

function readMessages(value: unknown): readonly Message[] {
  const messages = listOf(value, 'messages');
  if (messages.length === 0) malformed('messages must hold at least one message.', 'messages');
  return messages.flatMap((item, index) => {
    const param = `messages.${index}`;
    const { role, content } = fieldsOf(item, param);
    if (role !== 'user' && role !== 'assistant' && role !== 'system') {
      return malformed(`${param}.role is none of user, assistant and system.`, `${param}.role`);
    }
    const parts = readContent(content, 'client', `${param}.content`);
    return role === 'user' ? userMessages(parts) : [{ role, parts }];
  });
}

/** Anthropic has the results of calls in messages of the user, in front of what the user says. */
function userMessages(parts: readonly Part[]): readonly Message[] {
  const results = parts.filter(({ kind }) => kind === 'result');
  if (results.length === 0) return [{ role: 'user', parts }];
  const others = parts.filter(({ kind }) => kind !== 'result');
  const tool: Message = { role: 'tool', parts: results };
  return others.length === 0 ? [tool] : [tool, { role: 'user', parts: others }];
}

function readSampling(body: Fields): Sampling {
  const maxTokens = optionalNumber(body.max_tokens, 'max_tokens');
  // Zero fills the prompt cache and answers nothing.
  if (maxTokens === undefined || maxTokens < 0 || !Number.isInteger(maxTokens)) {
    return malformed('max_tokens must be a whole number, and is required.', 'max_tokens');
  }
  const temperature = optionalNumber(body.temperature, 'temperature');
  const topP = optionalNumber(body.top_p, 'top_p');
  const topK = optionalNumber(body.top_k, 'top_k');
  const stop = optionalTexts(body.stop_sequences, 'stop_sequences');
  return {
    maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(stop && stop.length > 0 && { stop }),
  };
}

/**
 * `output_config.format`, or `output_format` as the beta had it. Anthropic guarantees the fit of any schema; others
 * refuse to, and take it unguaranteed, where fields may be left out.
 */
function readOutput(body: Fields): OutputFormat | undefined {
  const config = optionalFields(body.output_config, 'output_config');
  const format = config?.format ?? body.output_format;
  if (!isFields(format)) return undefined;
  if (format.type !== 'json_schema') {
    return malformed('output_config.format.type must be json_schema.', 'output_config.format.type');
  }
  const schema = fieldsOf(format.schema, 'output_config.format.schema');
  return { kind: 'schema', schema, ...(wantsEveryField(schema) && { strict: true }) };
}
