import { Injectable } from '@nestjs/common';
import type { Upstream } from '../../../upstreams/upstream.js';
import type { Candidate } from '../../candidate.js';
import type { Conversation } from '../../conversation/conversation.js';
import { Notes } from '../../conversation/notes.js';
import type { LlmPath } from '../../llm-path.js';
import { Fetched, MediaFetcher } from '../generation/media-fetcher.js';
import type { AskedCall, OperationTranslation, OwnAnswer, WriteFor, WrittenCall } from '../operation.js';
import { readObject } from '../read-object.js';
import { jsonAnswer, jsonCall } from '../whole/json-call.js';
import { readCountRequest, writeCount } from './count-request.js';
import { countable } from './estimate.js';
import { TokenCounter } from './token-counter.js';
import { type Counter, counterOf, writeCounter } from './write-counter.js';

/** Counting of a conversation's tokens: by the upstream's own counter, or estimated where it has none. */
@Injectable()
export class TokenCounts implements OperationTranslation {
  private readonly counter = new TokenCounter();

  constructor(private readonly media: MediaFetcher) {}

  reaches({ operation, protocol }: LlmPath, upstream: Upstream): boolean {
    if (operation !== 'count_tokens' && operation !== 'countTokens') return false;
    return upstream.protocol !== 'http' && upstream.protocol !== protocol;
  }

  read(asked: AskedCall): WriteFor {
    const conversation = readCountRequest(asked.path, readObject(asked.body), asked.model);
    return (candidate) => {
      const counter = counterOf(candidate.upstream);
      return counter
        ? this.counted(asked, candidate, counter, conversation)
        : this.estimated(asked, conversation);
    };
  }

  private async counted(
    asked: AskedCall,
    candidate: Candidate,
    counter: Counter,
    said: Conversation,
  ): Promise<WrittenCall> {
    const { upstream, model = asked.model } = candidate;
    const { codec } = counter;
    const conversation = codec.mustFetch
      ? await this.media.withMedia(said, (part) => codec.mustFetch!(part, model), {
          asked,
          fetched: new Fetched(),
        })
      : said;
    const notes = new Notes();
    const written = writeCounter(counter, conversation, { model, preset: upstream.preset, notes });
    const call = jsonCall(asked, candidate, {
      path: written.path,
      body: written.body,
      notes,
      bare: true,
      rewrite: (answer) => jsonAnswer(writeCount(asked.path, tokensIn(counter.read(answer)))),
    });
    return written.headers ? { ...call, headers: written.headers } : call;
  }

  /** Nobody is asked: a tokenizer that many models share tells about how many it will be. */
  private estimated({ path }: AskedCall, conversation: Conversation): OwnAnswer {
    const { text, others } = countable(conversation);
    return {
      warnings: ['estimated'],
      make: async () => writeCount(path, others + (await this.counter.count(text))),
    };
  }
}

/** @throws Error where it is no count */
function tokensIn(told: unknown): number {
  const tokens = typeof told === 'string' ? Number(told) : told;
  if (typeof tokens === 'number' && Number.isInteger(tokens) && tokens >= 0) return tokens;
  throw new Error('the answer tells no count');
}
