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

const UNKNOWN: Verdict = Object.freeze({ blame: 'unknown', reason: 'list_failed', retry: 'no' });

/** Asks one upstream which models it has, with a key of its pool. */
@Injectable()
export class ModelListing {
  constructor(
    private readonly lending: Lending,
    private readonly http: HttpClient,
    private readonly log: Log,
  ) {}

  async ask(upstream: Upstream): Promise<readonly ListedModel[] | 'no_key' | 'failed'> {
    let lease: Lease;
    try {
      lease = await this.lending.lease(upstream, {
        upstreamId: upstream.id,
        tokens: 0,
        tried: new Set(),
        waitUntil: 0,
      });
    } catch {
      return 'no_key';
    }
    const adapter = ADAPTERS[upstream.protocol as LlmProtocol];
    let verdict = UNKNOWN;
    try {
      const request = keyedRequest(upstream, lease.secret, LISTS[adapter.protocol]);
      const { status, headers, body } = await this.http.request({
        ...request,
        timeoutMs: TIMEOUT_MS,
        maxBytes: MOST_BYTES,
      });
      verdict = status < 400 ? OK : adapter.judge({ status, headers, body, now: Date.now() });
      return status < 300 ? adapter.readModels(body) : 'failed';
    } catch (error) {
      this.log.debug({ err: error, upstream: upstream.slug }, 'the list of models could not be had');
      return 'failed';
    } finally {
      this.lending.settle(lease, verdict);
    }
  }
}
