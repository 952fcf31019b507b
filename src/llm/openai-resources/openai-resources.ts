import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Pins } from '../../keys/pins.js';
import { PoolState } from '../../keys/pool/pool-state.js';
import type { Call } from '../../proxy/call.js';
import type { Upstream } from '../../upstreams/upstream.js';
import type { AnswerListener } from '../answer-listener.js';
import type { LlmPath } from '../llm-path.js';
import type { LlmRequest } from '../llm-request.js';
import { idInPath, keptIds, referredItems } from './kept-ids.js';

/** https://platform.openai.com/docs/guides/conversation-state: answers are kept 30 days */
const KEPT_MS = 30 * 24 * 3_600_000;
/** Another process may have had the answer a moment ago, and what it notes be on its way to the store. */
const LOOK_AGAIN_MS = 200;
/** Of items that a body refers to: the latest. */
const MOST_LOOKED_UP = 4;

/** Events that hold an answer, at its beginning without items. */
const WITH_ANSWER = new Set(['response.created', 'response.completed', 'response.incomplete']);

/** The one place that can go on with what a call names. */
export interface Keeper<C> {
  readonly candidate: C;
  readonly keyId: string;
}

/** What a call names that a provider keeps. */
export interface Named {
  readonly ids: readonly string[];
  /** By their own field, so that without them there is no answer. */
  readonly isSure: boolean;
}

/**
 * What `/v1/responses` of an upstream answers is kept there, for the organisation of the key that asked: calls that go
 * on with it, by `previous_response_id`, `conversation` or references to items, and those that read it, go to the same
 * key. What is not known to have been made here, or by a key that is gone, any key is asked for: the provider answers.
 */
@Injectable()
export class OpenAiResources {
  constructor(
    private readonly pins: Pins,
    private readonly state: PoolState,
  ) {}

  /** Undefined for nearly every call. */
  named(path: LlmPath, request: LlmRequest): Named | undefined {
    if (path.operation === 'stored_response' || path.operation === 'conversations') {
      const id = idInPath(path.path);
      return id === undefined ? undefined : { ids: [id], isSure: true };
    }
    if (path.operation !== 'responses') return undefined;
    const { goesOnFrom } = request;
    if (goesOnFrom !== undefined) return { ids: [goesOnFrom], isSure: true };
    const items = referredItems(request.body);
    return items.size === 0 ? undefined : { ids: [...items].slice(-MOST_LOOKED_UP).reverse(), isSure: false };
  }

  /** The candidate and the key that made what is named; undefined where that is not known. */
  async keeperOf<C extends { readonly upstream: Upstream }>(
    { ids, isSure }: Named,
    candidates: readonly C[],
  ): Promise<Keeper<C> | undefined> {
    const keeping = candidates.filter(({ upstream }) => upstream.responsesApi !== 'none');
    if (keeping.length === 0) return undefined;
    const found = await this.find(ids, keeping);
    if (found || !isSure) return found;
    await sleep(LOOK_AGAIN_MS);
    return this.find(ids, keeping);
  }

  /** Whether one of these upstreams is known to keep what a path names. */
  async isKeptBy(upstreams: readonly Upstream[], path: LlmPath): Promise<boolean> {
    const id = idInPath(path.path);
    if (id === undefined) return false;
    const candidates = upstreams.map((upstream) => ({ upstream }));
    return (await this.find([id], candidates)) !== undefined;
  }

  /** Hears of each answer, or event with an answer, of this call that may be kept; undefined where none is. */
  noter(call: Call, path: LlmPath, request: LlmRequest): AnswerListener | undefined {
    const makes =
      path.operation === 'responses'
        ? request.isUnstored !== true
        : path.operation === 'conversations' && call.req.method === 'POST';
    // The listener is another function's: what it holds on to costs the calls that have none nothing.
    return makes ? this.noting(call) : undefined;
  }

  private noting(call: Call): AnswerListener {
    return (text, event) => {
      if (event !== undefined && !WITH_ANSWER.has(event)) return;
      const { upstream, keyId } = call;
      // A local server without keys lends none.
      if (!upstream || keyId === undefined || keyId === '') return;
      const until = Date.now() + KEPT_MS;
      for (const id of keptIds(text)) this.pins.note(upstream.id, id, keyId, until);
    };
  }

  private async find<C extends { readonly upstream: Upstream }>(
    ids: readonly string[],
    candidates: readonly C[],
  ): Promise<Keeper<C> | undefined> {
    for (const id of ids) {
      for (const candidate of candidates) {
        const { upstream } = candidate;
        const keyId = await this.keyFor(upstream.id, id);
        if (keyId !== undefined && (await this.isThere(upstream.id, keyId))) return { candidate, keyId };
      }
    }
    return undefined;
  }

  private async keyFor(upstreamId: string, id: string): Promise<string | undefined> {
    try {
      return await this.pins.keyFor(upstreamId, id);
    } catch {
      // Without the database the provider says whether the key that it gets will do.
      return undefined;
    }
  }

  /** A key that was deleted, disabled or revoked: another one of its organisation may have taken its place. */
  private async isThere(upstreamId: string, keyId: string): Promise<boolean> {
    const [state] = await this.state.state(upstreamId, Date.now(), [keyId]);
    return state !== undefined && state.status !== 'disabled' && state.status !== 'invalid';
  }
}
