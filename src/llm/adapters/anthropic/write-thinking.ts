import type { Conversation, Effort, Thinking } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { type Notes, refuse } from '../../conversation/notes.js';
import { budgetOf, effortOf, isThoughtless } from '../../conversation/thinking.js';
import type { ClaudeModel } from './claude-models.js';

/** The least that Anthropic takes. https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
const LEAST_BUDGET = 1024;
/** Where the caller leaves it to the model and the model wants a number. */
const USUAL_BUDGET = 8192;
/** Room for the answer beside the thoughts, where the caller has set none. */
const ROOM = 8192;

export interface DecidedThinking {
  /** `thinking`. */
  readonly config?: Fields;
  /** `output_config.effort`. */
  readonly effort?: string;
  readonly maxTokens: number;
  /** Whether the request asks for thoughts, so that their rules hold for the rest of it. */
  readonly on: boolean;
}

/**
 * How the model is to think, in the words that it takes: models up to 4.5 take budgets, those from 4.7 on decide
 * by themselves and take an effort, 4.6 takes both. And how long the answer may be: Anthropic wants a number, and
 * thoughts count in it; where the caller gave none it is all that the model can give.
 * https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 * @throws KeywheelError untranslatable where a tool is forced on a model that does not let itself be forced
 */
export function decideThinking(
  conversation: Conversation,
  model: ClaudeModel,
  messages: readonly Fields[],
  notes: Notes,
): DecidedThinking {
  const { thinking, sampling } = conversation;
  const maxTokens = sampling.maxTokens ?? model.maxOutput;
  const own = conversation.extras?.anthropic?.thinking;
  if (isForced(conversation) && !model.forcedTools) {
    refuse('This model cannot be made to call a tool.', 'tool_choice');
  }
  if (isFields(own) && model.betweenTools) return { config: own, maxTokens, on: true };
  if (!thinking) return { maxTokens, on: false };
  if (isThoughtless(thinking)) return { ...switchedOff(model, notes), maxTokens };
  if (!model.thinks) {
    notes.dropped('thinking');
    return { maxTokens, on: false };
  }
  const byBudget = takesBudget(thinking, model);
  const obstacle = obstacleOf(conversation, model, byBudget, messages);
  if (obstacle !== undefined) {
    notes.warn(`thinking_off:${obstacle}`);
    return { ...switchedOff(model, notes), maxTokens };
  }
  if (byBudget) return budgeted(thinking, sampling.maxTokens, model, notes);
  return { ...adaptive(thinking, model, notes), maxTokens };
}

function takesBudget({ budget }: Thinking, model: ClaudeModel): boolean {
  return !model.adaptive || (model.budgets && budget !== undefined && budget > 0);
}

/** Why the model cannot think in this request although it was asked to. */
function obstacleOf(
  conversation: Conversation,
  model: ClaudeModel,
  byBudget: boolean,
  messages: readonly Fields[],
): string | undefined {
  if (model.canRest && isForced(conversation)) return 'forced_tool';
  return byBudget && !startsWithThought(messages) ? 'no_signature' : undefined;
}

function isForced({ toolChoice, tools }: Conversation): boolean {
  if (!toolChoice || tools.length === 0) return false;
  return toolChoice.kind === 'required' || (toolChoice.kind === 'named' && !toolChoice.optional);
}

function switchedOff(model: ClaudeModel, notes: Notes): Omit<DecidedThinking, 'maxTokens'> {
  if (model.canRest) return model.thinks ? { config: { type: 'disabled' }, on: false } : { on: false };
  notes.warn('thinking:cannot_be_off');
  return model.betweenTools ? { config: { type: 'between_tools' }, on: true } : { effort: 'low', on: true };
}

function adaptive(thinking: Thinking, model: ClaudeModel, notes: Notes): Omit<DecidedThinking, 'maxTokens'> {
  const asked = effortOf(thinking);
  const effort = asked && knownEffort(asked, model);
  if (effort !== asked) notes.warn(`effort:${effort}`);
  if (thinking.budget !== undefined && thinking.budget > 0) notes.warn('thinking:adaptive');
  // The newest models keep their thoughts to themselves unless they are asked.
  const display = thinking.shown === false ? 'omitted' : 'summarized';
  return { config: { type: 'adaptive', display }, ...(effort && { effort }), on: true };
}

function knownEffort(effort: Effort, model: ClaudeModel): Effort {
  if (effort === 'minimal' || effort === 'none') return 'low';
  return effort === 'xhigh' && !model.xhigh ? 'high' : effort;
}

function budgeted(
  thinking: Thinking,
  maxTokens: number | undefined,
  model: ClaudeModel,
  notes: Notes,
): DecidedThinking {
  const asked = budgetOf(thinking);
  const wanted = Math.max(LEAST_BUDGET, asked === undefined || asked < 0 ? USUAL_BUDGET : asked);
  const limit = maxTokens ?? Math.max(model.maxOutput, wanted + ROOM);
  const fitting = wanted < limit ? wanted : Math.floor((limit * 3) / 4);
  if (fitting < LEAST_BUDGET && limit <= LEAST_BUDGET) {
    notes.warn('thinking_off:max_tokens');
    return { ...switchedOff(model, notes), maxTokens: limit };
  }
  const budget = Math.max(LEAST_BUDGET, fitting);
  if (budget !== wanted) notes.warn('lowered:thinking_budget');
  // Clients that do not want to see thoughts may still want their signatures.
  const display = thinking.shown === false && model.hides ? { display: 'omitted' } : {};
  return { config: { type: 'enabled', budget_tokens: budget, ...display }, maxTokens: limit, on: true };
}

/**
 * With a budget, the last turn of the assistant in a loop of tools has to begin with a thought that Anthropic has
 * signed; one that came from elsewhere has none. (Adaptive thinking does not ask for it.)
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking#extended-thinking-with-tool-use
 */
function startsWithThought(messages: readonly Fields[]): boolean {
  const last = messages.findLast(({ role }) => role === 'assistant');
  const content = Array.isArray(last?.content) ? (last.content as readonly Fields[]) : [];
  if (!content.some(({ type }) => type === 'tool_use') || messages.at(-1) === last) return true;
  const type = content[0]?.type;
  return type === 'thinking' || type === 'redacted_thinking';
}
