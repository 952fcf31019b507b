import type { ReplyContext } from '../../conversation/codec.js';
import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { effortOf } from '../../conversation/thinking.js';
import type { Tool } from '../../conversation/tools.js';
import { writeText } from './write-request.js';
import { writeChoice, writeCustom, writeFunction } from './write-tools.js';

/**
 * What a response repeats of its request, and the defaults for what was not said.
 * https://platform.openai.com/docs/api-reference/responses/object
 */
export function echo(conversation: Conversation): Fields {
  const { sampling, labels, user, cacheKey } = conversation;
  const own = conversation.extras?.responses ?? {};
  return {
    background: false,
    instructions: instructionsOf(conversation),
    max_output_tokens: sampling.maxTokens ?? null,
    max_tool_calls: own.max_tool_calls ?? null,
    metadata: labels ?? {},
    previous_response_id: own.resumed_response_id ?? null,
    prompt_cache_key: cacheKey ?? null,
    safety_identifier: user ?? null,
    service_tier: own.service_tier ?? 'default',
    store: own.store ?? true,
    temperature: sampling.temperature ?? 1,
    top_logprobs: sampling.topLogprobs ?? 0,
    top_p: sampling.topP ?? 1,
    truncation: own.truncation ?? 'disabled',
    user: null,
    ...echoTools(conversation, own),
    ...echoForm(conversation, own),
  };
}

function echoTools({ parallelCalls, toolChoice, tools }: Conversation, own: Fields): Fields {
  return {
    parallel_tool_calls: parallelCalls ?? true,
    tool_choice: toolChoice ? writeChoice(toolChoice, tools) : (own.tool_choice ?? 'auto'),
    tools: tools.map(echoTool),
  };
}

function echoForm({ thinking, output }: Conversation, own: Fields): Fields {
  return {
    reasoning: {
      effort: (thinking && effortOf(thinking)) ?? null,
      summary: thinking?.shown ? (own.reasoning_summary ?? 'auto') : null,
    },
    text: { format: { type: 'text' }, verbosity: 'medium', ...writeText(output, own.verbosity) },
  };
}

function instructionsOf({ system }: Conversation): string | null {
  const [first] = system;
  return first?.kind === 'text' && first.extras === undefined ? first.text : null;
}

function echoTool(tool: Tool): Fields {
  if (tool.kind === 'function') return tool.freeform ? writeCustom(tool) : writeFunction(tool);
  if (tool.kind === 'native') return tool.value;
  const own = tool.extras?.responses?.tool;
  return isFields(own) ? own : { type: tool.name };
}

export interface Head {
  readonly id: string;
  readonly model: string;
  readonly created?: number;
}

/** What stands first in every form of a response. @param head with the response's own id */
export function headOf({ id, model, created }: Head, { conversation, created: now }: ReplyContext): Fields {
  return {
    id,
    object: 'response',
    created_at: created ?? now ?? 0,
    model: model === '' ? conversation.model : model,
  };
}
