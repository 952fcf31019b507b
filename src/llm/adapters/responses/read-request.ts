import type { RequestFacts } from '../../conversation/codec.js';
import { type Conversation, EFFORTS, type Sampling, type Thinking } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import {
  fieldsOf,
  optionalFields,
  optionalFlag,
  optionalNumber,
  optionalText,
  optionalTexts,
  otherFields,
  textOf,
} from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import { readFormat, readLabels, readSchemaFormat } from '../openai-fields.js';
import { readInput } from './read-input.js';
import { readToolChoice, readTools } from './read-tools.js';

/** Top-level fields that have a place in the conversation. */
const KNOWN: ReadonlySet<string> = new Set([
  'model', 'input', 'instructions', 'stream', 'tools', 'tool_choice', 'parallel_tool_calls', 'text', 'reasoning',
  'max_output_tokens', 'temperature', 'top_p', 'top_logprobs', 'user', 'safety_identifier', 'prompt_cache_key',
  'metadata',
]); // prettier-ignore

/** What asks for log probabilities. */
const LOGPROBS = 'message.output_text.logprobs';

/**
 * https://platform.openai.com/docs/api-reference/responses/create
 * @throws KeywheelError bad_body; untranslatable where an item is named that lies elsewhere
 */
export function readRequest(body: Fields, facts: RequestFacts): Conversation {
  const { toolChoice, other: otherChoice } = readToolChoice(body.tool_choice);
  const parallel = optionalFlag(body.parallel_tool_calls, 'parallel_tool_calls');
  const text = optionalFields(body.text, 'text');
  const output = readFormat(text?.format, 'text.format', readSchema);
  const thinking = readThinking(body.reasoning);
  const extras = {
    ...withoutUsual(otherFields(body, KNOWN)),
    ...(otherChoice !== undefined && { tool_choice: otherChoice }),
    ...(typeof text?.verbosity === 'string' && { verbosity: text.verbosity }),
    ...thinking.extras,
  };
  return {
    model: facts.model ?? textOf(body.model, 'model'),
    stream: optionalFlag(body.stream, 'stream') ?? facts.stream,
    ...readInput(body),
    tools: readTools(body.tools),
    ...(toolChoice && { toolChoice }),
    ...(parallel !== undefined && { parallelCalls: parallel }),
    ...(output && { output }),
    sampling: readSampling(body),
    ...(thinking.thinking && { thinking: thinking.thinking }),
    ...readLabels(body),
    // Present even where it is empty: it tells the writer of the same dialect that the defaults are the caller's.
    extras: { responses: extras },
  };
}

/** What says nothing but what holds anyway. */
const USUAL: Readonly<Record<string, unknown>> = {
  truncation: 'disabled',
  background: false,
  service_tier: 'auto',
};

function withoutUsual(fields: Fields | undefined): Fields {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([name, value]) => USUAL[name] !== value));
}

function readSchema(format: Fields): ReturnType<typeof readSchemaFormat> {
  return readSchemaFormat(format, fieldsOf(format.schema, 'text.format.schema'), 'text.format');
}

/** Thoughts are shown where a summary of them is asked for. https://platform.openai.com/docs/guides/reasoning */
function readThinking(value: unknown): { readonly thinking?: Thinking; readonly extras?: Fields } {
  const reasoning = optionalFields(value, 'reasoning');
  if (!reasoning) return {};
  const word = optionalText(reasoning.effort, 'reasoning.effort');
  const effort =
    word === undefined
      ? undefined
      : (EFFORTS.find((one) => one === word) ??
        malformed(`reasoning.effort '${word}' is not known.`, 'reasoning.effort'));
  const summary = optionalText(reasoning.summary ?? reasoning.generate_summary, 'reasoning.summary');
  if (effort === undefined && summary === undefined) return {};
  return {
    thinking: { ...(effort && { effort }), ...(summary !== undefined && { shown: true }) },
    ...(summary !== undefined && summary !== 'auto' && { extras: { reasoning_summary: summary } }),
  };
}

function readSampling(body: Fields): Sampling {
  const maxTokens = optionalNumber(body.max_output_tokens, 'max_output_tokens');
  const temperature = optionalNumber(body.temperature, 'temperature');
  const topP = optionalNumber(body.top_p, 'top_p');
  const topLogprobs = optionalNumber(body.top_logprobs, 'top_logprobs');
  const asked = optionalTexts(body.include, 'include')?.includes(LOGPROBS) === true;
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    // Zero is the default, and asks for nothing.
    ...(topLogprobs !== undefined && topLogprobs > 0 && { topLogprobs }),
    ...((asked || (topLogprobs ?? 0) > 0) && { logprobs: true }),
  };
}
