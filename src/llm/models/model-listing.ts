import { Injectable } from '@nestjs/common';
import { HttpClient } from '../../egress/http-client.js';
import { KeywheelError } from '../../kernel/errors.js';
import { OK, type Verdict } from '../../kernel/verdict.js';
import type { Lease } from '../../keys/pool/lease.js';
import { Log } from '../../logging/log.js';
import { Lending } from '../../proxy/lending.js';
import { LoopGuard, VIA } from '../../proxy/loop-guard.js';
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

const FAILED: Verdict = Object.freeze({ blame: 'upstream', reason: 'list_failed', retry: 'attempt' });
/** Of a large pool in which most keys fail. */
const MOST_KEYS = 100;
/** No further key is asked after this time. */
const LONGEST_MS = 30_000;

const SOON = { retryAfterMs: 1000 };
const LATER = { retryAfterMs: 30_000 };

/** Why there is no list. */
export interface NoList {
  /** Its keys rest: once one has come back the list may be had. */
  readonly keysRest: boolean;
  /** What a client is told whose model it might hold; undefined where waiting would not bring it. */
  readonly error: KeywheelError | undefined;
}

/** Asks one upstream which models it has, with a key of its pool. */
@Injectable()
export class ModelListing {
  constructor(
    private readonly lending: Lending,
    private readonly http: HttpClient,
    private readonly log: Log,
    private readonly loops: LoopGuard,
  ) {}

  /** Goes on with another key as long as it is the keys that fail. */
  async ask(upstream: Upstream): Promise<readonly ListedModel[] | NoList> {
    const tried = new Set<string>();
    const until = Date.now() + LONGEST_MS;
    let last: Verdict | undefined;
    let ranOut = false;
    for (;;) {
      let lease: Lease;
      try {
        const { id: upstreamId } = upstream;
        lease = await this.lending.lease(upstream, { upstreamId, tokens: 0, tried, waitUntil: 0 });
      } catch (error) {
        return last === undefined || ranOut ? this.noKey(upstream, error) : noList(last);
      }
      tried.add(lease.keyId);
      const { models, verdict } = await this.askWith(upstream, lease);
      this.lending.settle(lease, verdict);
      if (models) return models;
      last = verdict;
      ranOut ||= verdict.effect !== undefined;
      if (verdict.retry === 'no' || tried.size >= MOST_KEYS || Date.now() >= until) return noList(last);
    }
  }

  private async noKey(upstream: Upstream, error: unknown): Promise<NoList> {
    const mayCome = error instanceof KeywheelError && (await this.lending.hasLendable(upstream));
    return { keysRest: true, error: mayCome ? error : undefined };
  }

  private async askWith(
    upstream: Upstream,
    { secret }: Lease,
  ): Promise<{ models?: readonly ListedModel[]; verdict: Verdict }> {
    const adapter = ADAPTERS[upstream.protocol as LlmProtocol];
    try {
      const request = keyedRequest(upstream, secret, LISTS[adapter.protocol]);
      const trail = this.loops.trail(upstream);
      if (trail !== undefined) request.headers[VIA] = trail;
      const answer = await this.http.request({ ...request, timeoutMs: TIMEOUT_MS, maxBytes: MOST_BYTES });
      const { status, headers, body } = answer;
      if (status < 300) return { models: adapter.readModels(body), verdict: OK };
      return { verdict: status < 400 ? OK : adapter.judge({ status, headers, body, now: Date.now() }) };
    } catch (error) {
      this.log.debug({ err: error, upstream: upstream.slug }, 'the list of models could not be had');
      return { verdict: FAILED };
    }
  }
}

/** What the last of the keys that were asked said. */
function noList({ blame, effect }: Verdict): NoList {
  if (effect) return { keysRest: true, error: new KeywheelError('no_key_free', 'Its keys rest.', SOON) };
  if (blame !== 'upstream') return { keysRest: false, error: undefined };
  return { keysRest: false, error: new KeywheelError('unavailable', 'It failed or did not answer.', LATER) };
}
