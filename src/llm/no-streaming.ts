import { matchesModel } from '../kernel/limits.js';
import type { Heartbeat } from '../proxy/plan.js';
import { scanTopLevel } from '../proxy/wire/top-level-field.js';
import type { Candidate } from './candidate.js';
import type { LlmPath } from './llm-path.js';
import type { LlmRequest } from './llm-request.js';

/** Operations whose body says whether it asks for a stream. */
const ASKED_IN_BODY = new Set(['chat', 'responses', 'messages']);

/** Whether a call asks for a stream where there is none. Looks into the body only of models that cannot stream. */
export function asksForMissingStream(path: LlmPath, request: LlmRequest, candidate: Candidate): boolean {
  if (!cannotStream(candidate)) return false;
  if (path.operation === 'streamGenerateContent') return true;
  if (!ASKED_IN_BODY.has(path.operation)) return false;
  return scanTopLevel(request.body.chunks, ['stream']).values.get('stream') === true;
}

/** Whether the upstream's `noStreaming` names the model. */
export function cannotStream({ upstream, model }: Candidate): boolean {
  return (
    upstream.noStreaming.length > 0 && upstream.noStreaming.some((pattern) => matchesModel(pattern, model))
  );
}

/** An event that every client of Anthropic knows, and passes over. https://docs.anthropic.com/en/docs/build-with-claude/streaming */
const PING = 'event: ping\ndata: {"type": "ping"}\n\n';
/** https://html.spec.whatwg.org/multipage/server-sent-events.html: lines that begin with a colon are comments. */
const COMMENT = ': keep-alive\n\n';
/** Space before a JSON text means nothing. */
const SPACE = '\n';

/** Signs of life in the caller's protocol. `contentType` is that of the answer. */
export function heartbeatOf(operation: string, contentType: string): Heartbeat {
  if (!contentType.startsWith('text/event-stream')) return { contentType, text: SPACE };
  return { contentType, text: operation === 'messages' ? PING : COMMENT };
}
