import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../../../kernel/errors.js';
import type { Upstream } from '../../../upstreams/upstream.js';
import { ADAPTERS } from '../../adapters/adapters.js';
import { CODECS } from '../../adapters/codecs.js';
import type { Candidate } from '../../candidate.js';
import type { ReplyContext } from '../../conversation/codec.js';
import type { Conversation } from '../../conversation/conversation.js';
import type { Dialect, Fields } from '../../conversation/dialect.js';
import { Notes } from '../../conversation/notes.js';
import type { LlmPath, LlmProtocol } from '../../llm-path.js';
import { cannotStream, heartbeatOf } from '../../no-streaming.js';
import { ResponsesState } from '../../responses-state/responses-state.js';
import { dressedFor } from '../../target-dress.js';
import type { AskedCall, OperationTranslation, WriteFor, WrittenCall } from '../operation.js';
import { readObject } from '../read-object.js';
import { answerRules, type Side } from './answer-rules.js';
import { callerDialect, upstreamDialect } from './dialects.js';
import { DRAWING, isDrawn } from './drawn-answers.js';
import { Fetched, MediaFetcher } from './media-fetcher.js';
import { Recollections } from './recollections.js';
import { makeSink } from './reply-sink.js';
import { isSpoken, readSound, SPEAKING } from './spoken-answers.js';
import { fittingNames, type FittingNames } from './tool-names.js';

/** Answers of a model, whole or streamed: each dialect to each other one, by way of the conversation. */
@Injectable()
export class Generation implements OperationTranslation {
  constructor(
    private readonly media: MediaFetcher,
    private readonly recollections: Recollections,
    private readonly state: ResponsesState,
  ) {}

  reaches(path: LlmPath, upstream: Upstream): boolean {
    return callerDialect(path) !== undefined && upstreamDialect(upstream, callerDialect(path)!) !== undefined;
  }

  async read(asked: AskedCall): Promise<WriteFor> {
    const { path, model } = asked;
    const caller = sideOf(callerDialect(path)!);
    const facts = { model, stream: path.operation === 'streamGenerateContent' };
    const body = readObject(asked.body);
    const isResponses = caller.codec.dialect === 'responses';
    const whole = isResponses ? await this.state.resumed(asked.owner, body) : body;
    const said = caller.codec.readRequest(whole, facts);
    const conversation =
      caller.codec.dialect === 'chat' ? await this.recollections.restored(asked.owner, said) : said;
    const read = { asked, caller, body: whole, fetched: new Fetched() };
    return (candidate) => this.write(read, conversation, candidate);
  }

  /** What Responses cannot say, an upstream that prefers them may still be asked by Chat Completions. */
  private async write(read: ReadCall, said: Conversation, candidate: Candidate): Promise<WrittenCall> {
    const { dialect } = read.caller.codec;
    const written = upstreamDialect(candidate.upstream, dialect)!;
    if (dialect === 'responses' && written !== 'responses') this.state.assertKnown(said);
    try {
      return await this.writeAs(written, read, said, candidate);
    } catch (error) {
      const another = written === 'responses' && dialect !== 'responses';
      if (!another || !(error instanceof KeywheelError) || error.code !== 'untranslatable') throw error;
      return this.writeAs('chat', read, said, candidate);
    }
  }

  private async writeAs(
    written: Dialect,
    read: ReadCall,
    said: Conversation,
    candidate: Candidate,
  ): Promise<WrittenCall> {
    const { asked } = read;
    const { upstream, model = asked.model } = candidate;
    const maker = upstream.protocol === 'openai' ? makerOf(said, model) : undefined;
    const side = maker ?? sideOf(written);
    const { codec } = side;
    const conversation = codec.mustFetch
      ? await this.media.withMedia(said, (part) => codec.mustFetch!(part, model), read)
      : said;
    const notes = new Notes();
    // The caller gets the whole answer as the stream that it asked for.
    const unstreamed = conversation.stream && (maker !== undefined || cannotStream(candidate));
    const names = fittingNames(conversation, written);
    const named = names?.conversation ?? conversation;
    const asks = unstreamed ? { ...named, stream: false } : named;
    const { path, body, headers } = codec.writeRequest(asks, {
      model,
      preset: upstream.preset,
      notes,
    });
    const rules = answerRules(side, this.answerFor(read, conversation, written, names));
    return {
      path,
      body: Buffer.from(
        JSON.stringify({ ...upstream.parameters, ...dressedFor(candidate, 'generate', body) }),
      ),
      contentType: 'application/json',
      ...(headers && { headers }),
      rules,
      ...(unstreamed && { heartbeat: heartbeatOf(asked.path.operation, rules.contentType!) }),
      warnings: notes.warnings,
    };
  }

  private answerFor(
    { asked, caller, body }: ReadCall,
    conversation: Conversation,
    written: Dialect,
    names: FittingNames | undefined,
  ) {
    const { requestId, owner, path, query } = asked;
    const context: ReplyContext = { requestId, conversation, created: Math.floor(Date.now() / 1000) };
    const streamsArray = path.operation === 'streamGenerateContent' && !/(?:^|&)alt=sse(?:&|$)/.test(query);
    const { dialect } = caller.codec;
    // Clients of Chat Completions have no field in which signatures come back for sure.
    let remember = dialect === 'chat' ? this.recollections.rememberer(owner) : undefined;
    if (dialect === 'responses' && written !== 'responses')
      remember = this.state.keeper(owner, body, context);
    return {
      caller,
      requestId,
      operation: path.operation,
      kind: streamsArray ? 'array' : conversation.stream ? 'events' : 'whole',
      sink: () => {
        const sink = makeSink(caller.codec, context, { streamsArray, remember });
        return names ? names.sink(sink) : sink;
      },
    } as const;
  }
}

/** A call as it was read. */
interface ReadCall {
  readonly asked: AskedCall;
  readonly caller: Side;
  /** With what it names and is kept here. */
  readonly body: Fields;
  /** For all upstreams that it is written for. */
  readonly fetched: Fetched;
}

const PROTOCOLS: Readonly<Record<Dialect, LlmProtocol>> = {
  chat: 'openai',
  responses: 'openai',
  anthropic: 'anthropic',
  gemini: 'gemini',
};

/** Models of OpenAI that have an operation of their own. */
function makerOf(said: Conversation, model: string): Side | undefined {
  if (isDrawn(said, model)) return { adapter: ADAPTERS.openai, codec: DRAWING };
  if (!isSpoken(said, model)) return undefined;
  return { adapter: ADAPTERS.openai, codec: SPEAKING, readBytes: readSound };
}

function sideOf(dialect: Dialect): Side {
  return { adapter: ADAPTERS[PROTOCOLS[dialect]], codec: CODECS[dialect] };
}
