import { EFFORTS, type Effort, type Thinking } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import {
  fieldsOf,
  isFields,
  optionalFields,
  optionalNumber,
  optionalText,
} from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';

interface ReadThinking {
  readonly thinking?: Thinking;
  /** What Anthropic can say and the conversation cannot, by the name of the request's field. */
  readonly extras?: Fields;
}

/**
 * `thinking` and `output_config.effort`. https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking and
 * https://platform.claude.com/docs/en/build-with-claude/effort @throws KeywheelError bad_body
 */
export function readThinking(body: Fields): ReadThinking {
  const config = optionalFields(body.output_config, 'output_config');
  const effort = readEffort(config?.effort);
  const others = otherConfig(config);
  if (body.thinking === undefined || body.thinking === null) {
    return {
      ...(effort && { thinking: { effort } }),
      ...(others && { extras: { output_config: others } }),
    };
  }
  const thinking = fieldsOf(body.thinking, 'thinking');
  // An effort also steers how much is said, which nobody else can tell apart from how much is thought.
  const told = thinking.type === 'disabled' && effort ? { ...others, effort } : others;
  const extras = {
    ...(told && { output_config: told }),
    ...(thinking.type === 'between_tools' && { thinking }),
  };
  return {
    thinking: thinkingOf(thinking, effort),
    ...(Object.keys(extras).length > 0 && { extras }),
  };
}

function thinkingOf(thinking: Fields, effort: Effort | undefined): Thinking {
  const display = optionalText(thinking.display, 'thinking.display');
  const common = {
    ...(effort && { effort }),
    ...(display !== undefined && { shown: display !== 'omitted' }),
  };
  switch (thinking.type) {
    case 'disabled':
      return { budget: 0 };
    case 'enabled':
      // Whoever pays for a budget sees what was thought, unless it is told otherwise; other providers want to be asked.
      return { shown: true, ...common, budget: readBudget(thinking.budget_tokens) };
    case 'adaptive':
      return { ...common, adaptive: true };
    case 'between_tools':
      return { effort: 'minimal' };
    default:
      return malformed(
        'thinking.type is none of enabled, adaptive, between_tools and disabled.',
        'thinking.type',
      );
  }
}

function readBudget(value: unknown): number {
  const budget = optionalNumber(value, 'thinking.budget_tokens');
  return budget !== undefined && budget > 0
    ? budget
    : malformed('thinking.budget_tokens must be a positive number.', 'thinking.budget_tokens');
}

function readEffort(value: unknown): Effort | undefined {
  const text = optionalText(value, 'output_config.effort');
  if (text === undefined) return undefined;
  return (
    EFFORTS.find((effort) => effort === text) ??
    malformed('output_config.effort is not known.', 'output_config.effort')
  );
}

function otherConfig(config: Fields | undefined): Fields | undefined {
  if (!isFields(config)) return undefined;
  const { effort: _effort, format: _format, ...others } = config;
  return Object.keys(others).length > 0 ? others : undefined;
}
