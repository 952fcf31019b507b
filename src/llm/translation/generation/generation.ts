import { Injectable } from '@nestjs/common';
import type { Upstream } from '../../../upstreams/upstream.js';
import { ADAPTERS } from '../../adapters/adapters.js';
import { CODECS } from '../../adapters/codecs.js';
import type { Conversation, Dialect } from '../../conversation/conversation.js';
import { Notes } from '../../conversation/notes.js';
import type { LlmPath, LlmProtocol } from '../../llm-path.js';
import type { Candidate } from '../../candidate.js';
import type { AskedCall, OperationTranslation, WriteFor, WrittenCall } from '../operation.js';
import { readObject } from '../read-object.js';
import { answerRules, type Side } from './answer-rules.js';
import { callerDialect, upstreamDialect } from './dialects.js';

/** Answers of a model, whole or streamed: each dialect to each other one, by way of the conversation. */
@Injectable()
export class Generation implements OperationTranslation {
  reaches(path: LlmPath, upstream: Upstream): boolean {
    return callerDialect(path) !== undefined && upstreamDialect(upstream) !== undefined;
  }

  read(asked: AskedCall): WriteFor {
    const { path, model } = asked;
    const caller = sideOf(callerDialect(path)!);
    const facts = { model, stream: path.operation === 'streamGenerateContent' };
    const conversation = caller.codec.readRequest(readObject(asked.body), facts);
    return (candidate) => this.write(asked, caller, conversation, candidate);
  }

  private write(
    asked: AskedCall,
    caller: Side,
    conversation: Conversation,
    candidate: Candidate,
  ): WrittenCall {
    const { upstream } = candidate;
    const side = sideOf(upstreamDialect(upstream)!);
    const notes = new Notes();
    const { path, body, headers } = side.codec.writeRequest(conversation, {
      model: candidate.model ?? asked.model,
      preset: upstream.preset,
      notes,
    });
    return {
      path,
      body: Buffer.from(JSON.stringify({ ...upstream.parameters, ...body })),
      contentType: 'application/json',
      ...(headers && { headers }),
      rules: answerRules(caller, side, { requestId: asked.requestId, conversation }, asked.path.operation),
      warnings: notes.warnings,
    };
  }
}

const PROTOCOLS: Readonly<Record<Dialect, LlmProtocol>> = {
  chat: 'openai',
  responses: 'openai',
  anthropic: 'anthropic',
  gemini: 'gemini',
};

function sideOf(dialect: Dialect): Side {
  return { adapter: ADAPTERS[PROTOCOLS[dialect]], codec: CODECS[dialect] };
}
