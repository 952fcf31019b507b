import { Injectable } from '@nestjs/common';
import type { Call } from '../proxy/call.js';
import type { Plan, Target } from '../proxy/plan.js';
import { Settings } from '../settings/settings.js';
import { ADAPTERS } from './adapters/adapters.js';
import { GeminiResources } from './gemini-resources/gemini-resources.js';
import type { LlmPath, LlmProtocol } from './llm-path.js';
import type { LlmRequest } from './llm-request.js';
import { OpenAiResources } from './openai-resources/openai-resources.js';
import { replyRules } from './reply-rules.js';
import { textFinder } from './smoothed-text.js';

const READING = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
/** These make something that may not be doubled, where they do not read. */
const MAKING = new Set(['other', 'files', 'cached_contents', 'conversations']);

/** How a call that has its targets is to be answered. */
@Injectable()
export class Plans {
  constructor(
    private readonly resources: GeminiResources,
    private readonly keptAnswers: OpenAiResources,
    private readonly settings: Settings,
  ) {}

  of(call: Call, path: LlmPath, request: LlmRequest, targets: readonly Target[]): Plan {
    // Targets of other protocols have rules of their own.
    const protocol = path.protocol ?? targets[0]!.upstream.protocol;
    const method = call.req.method ?? 'GET';
    const changes = protocol === 'gemini' && this.resources.changes(call, path);
    const adapter = ADAPTERS[protocol as LlmProtocol];
    const rules = replyRules(adapter, path.operation, this.keptAnswers.noter(call, path, request));
    return {
      method,
      targets,
      rules: changes ? { ...rules, hold: () => 'whole' } : rules,
      // A model that is asked twice answers twice, which may cost but harms nothing; uploads may not be doubled.
      repeatable: READING.has(method) || isAsking(path),
      tokens: request.tokens,
      findText: this.settings.values.streamOptimizer ? textFinder(path.operation) : undefined,
      onAnswer: changes
        ? (answer, keyId) => this.resources.noted(call, path, call.upstream!.id, keyId, answer)
        : undefined,
    };
  }
}

function isAsking(path: LlmPath): boolean {
  return !MAKING.has(path.operation);
}
