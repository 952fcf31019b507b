import { Injectable } from '@nestjs/common';
import type { Upstream } from '../../../upstreams/upstream.js';
import { ADAPTERS } from '../../adapters/adapters.js';
import { CODECS } from '../../adapters/codecs.js';
import type { Candidate } from '../../candidate.js';
import type { ReplyContext } from '../../conversation/codec.js';
import type { Conversation, Dialect } from '../../conversation/conversation.js';
import { Notes } from '../../conversation/notes.js';
import type { LlmPath, LlmProtocol } from '../../llm-path.js';
import { dressedFor } from '../../target-dress.js';
import type { AskedCall, OperationTranslation, WriteFor, WrittenCall } from '../operation.js';
import { readObject } from '../read-object.js';
import { answerRules, type Side } from './answer-rules.js';
import { callerDialect, upstreamDialect } from './dialects.js';
import { MediaFetcher } from './media-fetcher.js';
import { Recollections } from './recollections.js';
import { makeSink } from './reply-sink.js';

/** Answers of a model, whole or streamed: each dialect to each other one, by way of the conversation. */
@Injectable()
export class Generation implements OperationTranslation {
  constructor(
    private readonly media: MediaFetcher,
    private readonly recollections: Recollections,
  ) {}

  reaches(path: LlmPath, upstream: Upstream): boolean {
    return callerDialect(path) !== undefined && upstreamDialect(upstream) !== undefined;
  }

  async read(asked: AskedCall): Promise<WriteFor> {
    const { path, model } = asked;
    const caller = sideOf(callerDialect(path)!);
    const facts = { model, stream: path.operation === 'streamGenerateContent' };
    const said = caller.codec.readRequest(readObject(asked.body), facts);
    const conversation =
      caller.codec.dialect === 'chat' ? await this.recollections.restored(asked.owner, said) : said;
    return (candidate) => this.write(asked, caller, conversation, candidate);
  }

  private async write(
    asked: AskedCall,
    caller: Side,
    said: Conversation,
    candidate: Candidate,
  ): Promise<WrittenCall> {
    const { upstream, model = asked.model } = candidate;
    const side = sideOf(upstreamDialect(upstream)!);
    const { codec } = side;
    const conversation = codec.mustFetch
      ? await this.media.withMedia(said, (part) => codec.mustFetch!(part, model), asked.signal)
      : said;
    const notes = new Notes();
    const { path, body, headers } = codec.writeRequest(conversation, {
      model,
      preset: upstream.preset,
      notes,
    });
    return {
      path,
      body: Buffer.from(
        JSON.stringify({ ...upstream.parameters, ...dressedFor(candidate, 'generate', body) }),
      ),
      contentType: 'application/json',
      ...(headers && { headers }),
      rules: answerRules(side, this.answerFor(asked, caller, conversation)),
      warnings: notes.warnings,
    };
  }

  private answerFor(asked: AskedCall, caller: Side, conversation: Conversation) {
    const { requestId, owner, path, query } = asked;
    const context: ReplyContext = { requestId, conversation, created: Math.floor(Date.now() / 1000) };
    const streamsArray = path.operation === 'streamGenerateContent' && !/(?:^|&)alt=sse(?:&|$)/.test(query);
    // Clients of Chat Completions have no field in which signatures come back for sure.
    const remember = caller.codec.dialect === 'chat' ? this.recollections.rememberer(owner) : undefined;
    return {
      caller,
      requestId,
      operation: path.operation,
      kind: streamsArray ? 'array' : conversation.stream ? 'events' : 'whole',
      sink: () => makeSink(caller.codec, context, { streamsArray, remember }),
    } as const;
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
