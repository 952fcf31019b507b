import type { Upstream } from '../../../upstreams/upstream.js';
import type { Dialect } from '../../conversation/dialect.js';
import type { LlmPath } from '../../llm-path.js';

/** Operations that ask a model for an answer, and the dialect they are written in. */
const CALLERS: Readonly<Record<string, Dialect>> = {
  chat: 'chat',
  responses: 'responses',
  messages: 'anthropic',
  generateContent: 'gemini',
  streamGenerateContent: 'gemini',
};

/** Undefined where the path asks for something else than an answer. */
export function callerDialect(path: LlmPath): Dialect | undefined {
  return CALLERS[path.operation];
}

/**
 * What is written for an upstream that cannot be given the call as it came; undefined where there is none.
 * @param caller the dialect of the call
 */
export function upstreamDialect(upstream: Upstream, caller: Dialect): Dialect | undefined {
  switch (upstream.protocol) {
    case 'openai':
      return hasResponsesFor(upstream, caller) ? 'responses' : 'chat';
    case 'anthropic':
      return 'anthropic';
    case 'gemini':
      return 'gemini';
    case 'http':
      return undefined;
  }
}

/** Those who speak neither of OpenAI's dialects are put to Responses only where the upstream prefers it. */
function hasResponsesFor({ responsesApi }: Upstream, caller: Dialect): boolean {
  if (caller === 'responses') return responsesApi !== 'none';
  return caller !== 'chat' && responsesApi === 'preferred';
}
