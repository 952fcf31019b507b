import type { Upstream } from '../../../upstreams/upstream.js';
import type { Dialect } from '../../conversation/conversation.js';
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

/** What is written for an upstream that does not speak the caller's dialect; undefined where there is none. */
export function upstreamDialect(upstream: Upstream): Dialect | undefined {
  switch (upstream.protocol) {
    case 'openai':
      return 'chat';
    case 'anthropic':
      return 'anthropic';
    case 'gemini':
      return 'gemini';
    case 'http':
      return undefined;
  }
}
