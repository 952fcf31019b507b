import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { headerOf } from './wire/header-of.js';
import type { Call } from './call.js';

const MOST_CONVERSATIONS = 10_000;
/** Providers keep prompts for minutes up to an hour after their last use. */
const KEPT_MS = 3_600_000;
/** A longer header is no name of a conversation. */
const MOST_CHARACTERS = 1024;

interface Remembered {
  readonly keyId: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/**
 * Which key served a conversation last, for each upstream: providers keep the prompt of an account, so the next
 * call is cheaper and faster with the same key. Bounded; the conversation that was heard of longest ago is
 * forgotten first. All methods are O(1).
 */
@Injectable()
export class Affinities {
  /** No Map: to find its oldest entry it steps over all that were deleted before, thousands for each call. */
  private readonly conversations = new LRUCache<string, Remembered>({ max: MOST_CONVERSATIONS });

  get size(): number {
    return this.conversations.size;
  }

  /** Id of the key that the conversation prefers; undefined where none is remembered. */
  keyFor(upstreamId: string, conversation: string, now = Date.now()): string | undefined {
    const found = this.conversations.peek(`${upstreamId} ${conversation}`);
    return found && found.until > now ? found.keyId : undefined;
  }

  remember(upstreamId: string, conversation: string, keyId: string, now = Date.now()): void {
    this.conversations.set(`${upstreamId} ${conversation}`, { keyId, until: now + KEPT_MS });
  }
}

/**
 * The conversation that a call belongs to, as a digest: what the client says in `X-Keywheel-Affinity`, else `said`,
 * what its body says. Each access token has conversations of its own. Undefined where nothing is said.
 */
export function conversationOf(call: Call, said?: string): string | undefined {
  const named = headerOf(call.req, 'x-keywheel-affinity')?.slice(0, MOST_CHARACTERS) || said;
  if (named === undefined || named === '') return undefined;
  return hash('sha256', `${call.token?.id ?? ''} ${named}`, 'base64url');
}
