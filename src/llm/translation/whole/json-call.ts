import { KeywheelError } from '../../../kernel/errors.js';
import type { Candidate } from '../../candidate.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Notes } from '../../conversation/notes.js';
import type { LlmProtocol } from '../../llm-path.js';
import { dressedFor } from '../../target-dress.js';
import type { AskedCall, WrittenCall } from '../operation.js';
import type { Rewrite, Rewritten } from './whole-answer.js';
import { wholeRules } from './whole-rules.js';

/** A request in an upstream's protocol, and what becomes of its answer. */
export interface JsonRequest {
  /** Version segment and query included. */
  readonly path: string;
  readonly body: Fields;
  readonly notes: Notes;
  /** Without the upstream's defaults: counters refuse fields that they do not know. */
  readonly bare?: boolean;
  /** Of what the caller gets; absent: JSON. */
  readonly contentType?: string;
  readonly rewrite: Rewrite;
}

const GENERATES = /:(?:g|streamG)enerateContent(?:\?|$)/;

/** The request as one upstream gets it. Those that generate something also get the upstream's defaults for models. */
export function jsonCall(asked: AskedCall, candidate: Candidate, request: JsonRequest): WrittenCall {
  const { upstream } = candidate;
  const { path, body, notes, bare = false, contentType, rewrite } = request;
  const dressed = GENERATES.test(path) ? dressedFor(candidate, 'generateContent', body) : body;
  const sides = {
    upstream: upstream.protocol as LlmProtocol,
    caller: asked.path.protocol!,
    requestId: asked.requestId,
    ...(contentType !== undefined && { contentType }),
  };
  return {
    path,
    body: Buffer.from(JSON.stringify(bare ? body : { ...upstream.parameters, ...dressed })),
    contentType: 'application/json',
    rules: wholeRules(sides, rewrite),
    warnings: notes.warnings,
  };
}

/** `/v1beta/models/{model}:{operation}`; tuned models name their own collection. */
export function geminiPath(model: string, operation: string): string {
  const named = /^(models|tunedModels)\//.test(model) ? model : `models/${model}`;
  return `/v1beta/${named.split('/').map(encodeURIComponent).join('/')}:${operation}`;
}

export function jsonAnswer(body: object, usage?: Rewritten['usage']): Rewritten {
  return { bytes: Buffer.from(JSON.stringify(body)), usage };
}

/** The model answered, but withholds what was asked for. @throws KeywheelError content_blocked, always */
export function blocked(message: string): never {
  throw new KeywheelError('content_blocked', message);
}
