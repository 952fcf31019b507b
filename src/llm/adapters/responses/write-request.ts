import type { WriteContext, WrittenRequest } from '../../conversation/codec.js';
import { hasCacheMarks } from '../../conversation/cache-marks.js';
import type { Conversation, OutputFormat } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { noteForeignExtras } from '../../conversation/foreign-extras.js';
import { type Notes, refuse } from '../../conversation/notes.js';
import { guaranteedFormat, knowsBreakpoints, writeSchemaFormat } from '../openai-fields.js';
import { writeInput } from './write-input.js';
import { mayThink, writeThinking } from './write-thinking.js';
import { writeTools } from './write-tools.js';

/** OpenAI refuses a smaller limit. https://platform.openai.com/docs/api-reference/responses/create */
const LEAST_TOKENS = 16;

/**
 * https://platform.openai.com/docs/api-reference/responses/create. Nothing is stored at the provider unless the
 * caller asked for that in so many words: what was thought comes back encrypted instead.
 * @throws KeywheelError untranslatable
 */
export function writeRequest(conversation: Conversation, context: WriteContext): WrittenRequest {
  const { model, notes } = context;
  refuseInexpressible(conversation);
  const {
    tool_choice: _choice,
    verbosity,
    reasoning_summary: summary,
    ...own
  } = conversation.extras?.responses ?? {};
  const marks = knowsBreakpoints(model);
  const { output } = conversation;
  const text = writeText(output && guaranteedFormat(output, notes), verbosity);
  const body: Fields = {
    ...(conversation.extras?.responses ? {} : { store: false }),
    ...own,
    model,
    ...writeInput(conversation, { marks, notes }),
    ...writeTools(conversation, notes),
    ...(text && { text }),
    ...writeSampling(conversation, notes),
    ...writeThinking(conversation.thinking, context, summary),
    ...writeInclude(conversation, model),
    ...writeLabels(conversation, context.preset),
    ...(conversation.stream && { stream: true }),
  };
  noteForeignExtras(conversation, 'responses', notes);
  if (!marks && hasCacheMarks(conversation)) notes.dropped('cache_control');
  return { path: '/v1/responses', body };
}

/** What cannot go missing without harm: the caller would get something else than was asked for. */
function refuseInexpressible({ sampling, modalities }: Conversation): void {
  if ((sampling.candidates ?? 1) > 1) refuse('Responses give one answer for each request.', 'n');
  if (sampling.stop) refuse('Responses know no stop sequences.', 'stop');
  const other = modalities?.find((modality) => modality !== 'text');
  if (other) refuse(`Responses answer in text, not in ${other}.`, 'modalities');
}

function writeSampling({ sampling }: Conversation, notes: Notes): Fields {
  const { maxTokens, temperature, topP, topLogprobs } = sampling;
  for (const [name, value] of Object.entries({
    top_k: sampling.topK,
    seed: sampling.seed,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
  })) {
    if (value !== undefined) notes.dropped(name);
  }
  if (maxTokens !== undefined && maxTokens < LEAST_TOKENS) notes.warn('raised:max_output_tokens');
  return {
    ...(maxTokens !== undefined && { max_output_tokens: Math.max(maxTokens, LEAST_TOKENS) }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(topLogprobs !== undefined && { top_logprobs: topLogprobs }),
  };
}

/** `text`; undefined where all is as usual. */
export function writeText(output: OutputFormat | undefined, verbosity: unknown): Fields | undefined {
  if (!output && verbosity === undefined) return undefined;
  return { ...(output && { format: writeFormat(output) }), ...(verbosity !== undefined && { verbosity }) };
}

function writeFormat(output: OutputFormat): Fields {
  if (output.kind === 'text') return { type: 'text' };
  if (output.kind === 'json') return { type: 'json_object' };
  return { type: 'json_schema', ...writeSchemaFormat(output) };
}

/** What has to be asked for in so many words; models that do not think refuse to be asked for their thoughts. */
function writeInclude({ sampling, extras }: Conversation, model: string): Fields {
  const asked = extras?.responses?.include;
  const include = new Set<unknown>(Array.isArray(asked) ? asked : []);
  if (sampling.logprobs) include.add('message.output_text.logprobs');
  if (!extras?.responses && mayThink(model)) include.add('reasoning.encrypted_content');
  return include.size > 0 ? { include: [...include] } : {};
}

function writeLabels({ user, cacheKey, labels }: Conversation, preset: string): Fields {
  const who = preset === 'openai' || preset === 'azure-openai' ? 'safety_identifier' : 'user';
  return {
    ...(user !== undefined && { [who]: user }),
    ...(cacheKey !== undefined && { prompt_cache_key: cacheKey }),
    ...(labels && { metadata: labels }),
  };
}
