import { Inject, Injectable } from '@nestjs/common';
import { CACHE_MANAGER } from '@nestjs/cache-manager';
import type { Cache } from 'cache-manager';
import type { MaybePromise } from '../../../kernel/maybe-promise.js';
import type { Conversation, Message } from '../../conversation/conversation.js';
import type { Part, Signature, ThoughtPart } from '../../conversation/parts.js';
import type { Reply } from '../../conversation/reply.js';

/** A tool loop that takes longer goes on without its thoughts. */
const KEPT_MS = 60 * 60 * 1000;
/** Characters of thoughts and signatures of one answer; longer ones are not kept. */
const LONGEST = 64 * 1024;

/** What came before a call and with it, and has to go back to the provider. */
interface Remembered {
  readonly thoughts: readonly ThoughtPart[];
  readonly signature?: Signature;
}

/**
 * Remembers thoughts and signatures by the id of the call that they led to, for callers whose protocol has no field
 * that would bring them back. Kept in Nest's cache: in memory, or in Redis for all instances. Where it has forgotten,
 * a conversation goes on as the provider's protocol allows without.
 */
@Injectable()
export class Recollections {
  constructor(@Inject(CACHE_MANAGER) private readonly cache: Cache) {}

  /** @param owner the access token, so that no one meets another's */
  rememberer(owner: string): (reply: Reply) => void {
    return (reply) => {
      for (const { parts } of reply.candidates) this.remember(owner, parts);
    };
  }

  /** The conversation with what is remembered of its calls, where it does not hold that itself. */
  async restored(owner: string, conversation: Conversation): Promise<Conversation> {
    if (!conversation.messages.some(lacksThoughts)) return conversation;
    const messages: Message[] = [];
    for (const message of conversation.messages) {
      messages.push(lacksThoughts(message) ? await this.restoredMessage(owner, message) : message);
    }
    return { ...conversation, messages };
  }

  private remember(owner: string, parts: readonly Part[]): void {
    const thoughts = parts.filter((part) => part.kind === 'thought' && part.signature !== undefined);
    if (JSON.stringify(thoughts).length > LONGEST) return;
    let isFirst = true;
    for (const part of parts) {
      if (part.kind !== 'call') continue;
      const before = isFirst ? (thoughts as ThoughtPart[]) : [];
      isFirst = false;
      if (before.length === 0 && !part.signature) continue;
      const remembered: Remembered = {
        thoughts: before,
        ...(part.signature && { signature: part.signature }),
      };
      // Answers do not wait for it, and lose nothing but comfort without it.
      void this.cache.set(nameOf(owner, part.id), remembered, KEPT_MS).catch(() => undefined);
    }
  }

  private async restoredMessage(owner: string, message: Message): Promise<Message> {
    const parts: Part[] = [];
    for (const part of message.parts) {
      const found = part.kind === 'call' ? await this.recalled(owner, part.id) : undefined;
      if (!found) {
        parts.push(part);
        continue;
      }
      parts.unshift(...found.thoughts);
      parts.push(found.signature ? { ...part, signature: found.signature } : part);
    }
    return { ...message, parts };
  }

  private recalled(owner: string, callId: string): MaybePromise<Remembered | undefined> {
    return this.cache.get<Remembered>(nameOf(owner, callId)).catch(() => undefined);
  }
}

function nameOf(owner: string, callId: string): string {
  return `thoughts:${owner}:${callId}`;
}

/** Of the model, with calls, and no signature anywhere. */
function lacksThoughts({ role, parts }: Message): boolean {
  if (role !== 'assistant' || !parts.some(({ kind }) => kind === 'call')) return false;
  return parts.every(({ signature }) => signature === undefined);
}
