import { Injectable } from '@nestjs/common';
import { HttpClient } from '../../egress/http-client.js';
import { OK, type Verdict } from '../../kernel/verdict.js';
import type { Lease } from '../../keys/pool/lease.js';
import { Log } from '../../logging/log.js';
import { Lending } from '../../proxy/lending.js';
import { keyedRequest } from '../../upstreams/check-request.js';
import type { Upstream } from '../../upstreams/upstream.js';
import { ADAPTERS } from '../adapters/adapters.js';
import type { LlmProtocol } from '../llm-path.js';
import type { ListedModel } from './listed-model.js';

const TIMEOUT_MS = 5_000;
const MOST_BYTES = 16 * 1024 * 1024;

/** Where each protocol lists its models, all on one page. */
const LISTS: Readonly<Record<LlmProtocol, string>> = {
  openai: '/v1/models',
  anthropic: '/v1/models?limit=1000',
  gemini: '/v1beta/models?pageSize=1000',
};

const UNKNOWN: Verdict = Object.freeze({ blame: 'unknown', reason: 'list_failed', retry: 'attempt' });
/** Of a large pool in which most keys fail. */
const MOST_KEYS = 20;

/** Asks one upstream which models it has, with a key of its pool. */
@Injectable()
export class ModelListing {
  constructor(
    private readonly lending: Lending,
    private readonly http: HttpClient,
    private readonly log: Log,
  ) {}

  /** Goes on with another key as long as it is the keys that fail. */
  async ask(upstream: Upstream): Promise<readonly ListedModel[] | 'no_key' | 'failed'> {
    const tried = new Set<string>();
    let ranOut = false;
    for (;;) {
      let lease: Lease;
      try {
        lease = await this.lending.lease(upstream, {
          upstreamId: upstream.id,
          tokens: 0,
          tried,
          waitUntil: 0,
        });
      } catch {
        return tried.size === 0 || ranOut ? 'no_key' : 'failed';
      }
      tried.add(lease.keyId);
      const { models, verdict } = await this.askWith(upstream, lease);
      this.lending.settle(lease, verdict);
      if (models) return models;
      // Once a key has come back the list may be had, so that is no reason to wait longer.
      ranOut ||= verdict.effect !== undefined;
      if (verdict.retry === 'no' || tried.size >= MOST_KEYS) return 'failed';
    }
  }

  private async askWith(
    upstream: Upstream,
    { secret }: Lease,
  ): Promise<{ models?: readonly ListedModel[]; verdict: Verdict }> {
    const adapter = ADAPTERS[upstream.protocol as LlmProtocol];
    try {
      const request = keyedRequest(upstream, secret, LISTS[adapter.protocol]);
      const answer = await this.http.request({ ...request, timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES });
      const { status, headers, body } = answer;
      if (status < 300) return { models: adapter.readModels(body), verdict: OK };
      return { verdict: status < 400 ? OK : adapter.judge({ status, headers, body, now: Date.now() }) };
    } catch (error) {
      this.log.debug({ err: error, upstream: upstream.slug }, 'the list of models could not be had');
      return { verdict: UNKNOWN };
    }
  }
}
