import type { WriteContext, WrittenRequest } from '../../conversation/codec.js';
import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { noteForeignExtras } from '../../conversation/foreign-extras.js';
import { type Notes, refuse } from '../../conversation/notes.js';
import { claudeModel } from './claude-models.js';
import { writeMessages } from './write-messages.js';
import { writeOutput } from './write-output.js';
import { writeSampling } from './write-sampling.js';
import { decideThinking } from './write-thinking.js';
import { writeTools } from './write-tools.js';

/** https://platform.claude.com/docs/en/api/messages @throws KeywheelError untranslatable, bad_body */
export function writeRequest(conversation: Conversation, context: WriteContext): WrittenRequest {
  const { notes } = context;
  refuseInexpressible(conversation);
  const model = claudeModel(context.model);
  const { system, messages } = writeMessages(conversation, {
    notes,
    midSystem: model.midSystem && context.preset === 'anthropic',
  });
  const thinking = decideThinking(conversation, model, messages, notes);
  const output = writeOutput(conversation.output, model, notes);
  const own = conversation.extras?.anthropic;
  const config = {
    ...(isFields(own?.output_config) && own.output_config),
    ...(thinking.effort !== undefined && { effort: thinking.effort }),
    ...(output.format && { format: output.format }),
  };
  const blocks =
    output.instruction === undefined ? system : [...system, { type: 'text', text: output.instruction }];
  noteLost(conversation, context);
  return {
    path: '/v1/messages',
    body: {
      ...own,
      model: context.model,
      max_tokens: thinking.maxTokens,
      ...(blocks.length > 0 && { system: blocks }),
      messages,
      ...writeTools(conversation, model, notes),
      ...writeSampling(conversation.sampling, model, thinking.on, notes),
      ...(thinking.config && { thinking: thinking.config }),
      ...(Object.keys(config).length > 0 && { output_config: config }),
      ...writeUser(conversation, notes),
      ...(conversation.stream && { stream: true }),
    },
  };
}

/** Longer ones are refused. https://platform.claude.com/docs/en/api/messages/create */
const LONGEST_USER = 256;

function writeUser({ user }: Conversation, notes: Notes): Fields {
  if (user === undefined || user.length > LONGEST_USER) {
    if (user !== undefined) notes.dropped('user');
    return {};
  }
  return { metadata: { user_id: user } };
}

/** What cannot go missing without harm: the caller would get something else than was asked for. */
function refuseInexpressible({ sampling, modalities }: Conversation): void {
  if ((sampling.candidates ?? 1) > 1) refuse('Anthropic gives one answer for each request.', 'n');
  if (sampling.logprobs) refuse('Anthropic tells no log probabilities.', 'logprobs');
  const other = modalities?.find((modality) => modality !== 'text');
  if (other) refuse(`Anthropic’s models answer in text, not in ${other}.`, 'modalities');
}

/** What goes missing without harm. */
function noteLost(conversation: Conversation, { notes }: WriteContext): void {
  const { sampling } = conversation;
  if (sampling.seed !== undefined) notes.dropped('seed');
  if (sampling.presencePenalty) notes.dropped('presence_penalty');
  if (sampling.frequencyPenalty) notes.dropped('frequency_penalty');
  if (conversation.labels && Object.keys(conversation.labels).length > 0) notes.dropped('metadata');
  if (conversation.cacheKey !== undefined) notes.dropped('prompt_cache_key');
  noteForeignExtras(conversation, 'anthropic', notes);
}
