import type { Cache } from 'cache-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Conversation, Message } from '../../conversation/conversation.js';
import type { Part } from '../../conversation/parts.js';
import type { Reply } from '../../conversation/reply.js';
import { Recollections } from './recollections.js';

const THOUGHT: Part = { kind: 'thought', text: 'hm', signature: { origin: 'anthropic', value: 'EqQB' } };
const signed = (id: string): Part => ({
  kind: 'call',
  id,
  name: 'f',
  arguments: '{}',
  signature: { origin: 'gemini', value: `of ${id}` },
});
const plain = (id: string): Part => ({ kind: 'call', id, name: 'f', arguments: '{}' });

/** Keeps what is set, as JSON: a cache in Redis does no less. */
class KeptInText {
  readonly texts = new Map<string, string>();
  broken = false;

  set(key: string, value: unknown): Promise<unknown> {
    if (this.broken) return Promise.reject(new Error('out'));
    this.texts.set(key, JSON.stringify(value));
    return Promise.resolve(value);
  }

  get(key: string): Promise<unknown> {
    if (this.broken) return Promise.reject(new Error('out'));
    const text = this.texts.get(key);
    return Promise.resolve(text === undefined ? undefined : JSON.parse(text));
  }
}

let cache: KeptInText;
let recollections: Recollections;

beforeEach(() => {
  cache = new KeptInText();
  recollections = new Recollections(cache as unknown as Cache);
});

function answered(...parts: Part[]): Reply {
  return { id: 'r', model: 'm', candidates: [{ index: 0, parts, finish: { reason: 'calls' } }] };
}

function saying(...parts: Part[]): Conversation {
  const messages: Message[] = [
    { role: 'user', parts: [{ kind: 'text', text: 'hello' }] },
    { role: 'assistant', parts },
  ];
  return { model: 'm', stream: false, system: [], messages, tools: [], sampling: {} };
}

async function restored(owner: string, ...parts: Part[]): Promise<readonly Part[]> {
  return (await recollections.restored(owner, saying(...parts))).messages[1]!.parts;
}

describe('Recollections', () => {
  it('bring signatures of calls and the thoughts before them back', async () => {
    recollections.rememberer('me')(answered(THOUGHT, signed('a'), signed('b')));
    const text: Part = { kind: 'text', text: 'so' };
    expect(await restored('me', text, plain('a'), plain('b'))).toEqual([
      THOUGHT,
      text,
      signed('a'),
      signed('b'),
    ]);
  });

  it('are of no use to another token', async () => {
    recollections.rememberer('me')(answered(THOUGHT, signed('a')));
    expect(await restored('you', plain('a'))).toEqual([plain('a')]);
  });

  it('leave what holds its own signatures as it is', async () => {
    recollections.rememberer('me')(answered(THOUGHT, signed('a')));
    const own: Part = { ...plain('a'), signature: { origin: 'gemini', value: 'own' } };
    expect(await restored('me', own)).toEqual([own]);
  });

  it('keep nothing of answers without signatures, and nothing that is very long', async () => {
    recollections.rememberer('me')(answered({ kind: 'thought', text: 'hm' }, plain('a')));
    recollections.rememberer('me')(answered({ ...THOUGHT, text: 'x'.repeat(70_000) }, signed('b')));
    expect(cache.texts.size).toBe(0);
    expect(await restored('me', plain('a'), plain('b'))).toEqual([plain('a'), plain('b')]);
  });

  it('fail without harm when the cache does', async () => {
    cache.broken = true;
    recollections.rememberer('me')(answered(THOUGHT, signed('a')));
    expect(await restored('me', plain('a'))).toEqual([plain('a')]);
  });
});
