import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../conversation/conversation.js';
import type { Dialect } from '../../conversation/dialect.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import type { Reply } from '../../conversation/reply.js';
import { fittingNames } from './tool-names.js';

const LONG = `mcp__server__${'x'.repeat(60)}`;

function offering(name: string): Conversation {
  return {
    model: 'm',
    stream: false,
    system: [],
    messages: [
      { role: 'assistant', parts: [{ kind: 'call', id: 'c', name, arguments: '{}' }] },
      { role: 'tool', parts: [{ kind: 'result', callId: 'c', name, parts: [] }] },
    ],
    tools: [{ kind: 'function', name }],
    toolChoice: { kind: 'named', names: [name] },
    sampling: {},
  };
}

describe('names of tools', () => {
  it.each<[string, Dialect, RegExp | undefined]>([
    ['weather', 'chat', undefined],
    [LONG, 'anthropic', undefined],
    ['a.b', 'gemini', undefined],
    [LONG, 'chat', /^mcp__server__x{37}_[0-9a-f]{8}$/],
    [LONG, 'responses', /^mcp__server__x{37}_[0-9a-f]{8}$/],
    ['a.b', 'anthropic', /^a_b_[0-9a-f]{8}$/],
    ['7', 'gemini', /^_7_[0-9a-f]{8}$/],
  ])('%s is for %s: %s', (name, dialect, there) => {
    const fitting = fittingNames(offering(name), dialect);
    if (there === undefined) expect(fitting).toBeUndefined();
    else expect(fitting?.conversation.tools[0]?.name).toMatch(there);
  });

  it('are the same in offers, choices, calls and results, and apart where only letters that do not fit differ', () => {
    const nameOf = (name: string) => fittingNames(offering(name), 'anthropic')!.conversation.tools[0]!.name;
    const there = nameOf('a.b');
    const { conversation } = fittingNames(offering('a.b'), 'anthropic')!;
    expect(JSON.parse(JSON.stringify(offering('a.b')).replaceAll('a.b', there))).toEqual(conversation);
    expect(nameOf('a:b')).not.toBe(there);
  });

  it('come back as the caller has them, whole and streamed', () => {
    const { conversation, sink } = fittingNames(offering('a.b'), 'anthropic')!;
    const heard: unknown[] = [];
    const callers = sink({
      add: (event) => heard.push(event) > 0,
      addWhole: (reply) => void heard.push(reply.candidates[0]?.parts),
      flush: () => undefined,
      take: () => Buffer.alloc(0),
    });
    const { name } = conversation.tools[0]!;
    const open: ReplyEvent = { type: 'open', candidate: 0, part: 0, kind: 'call', id: 'c', name };
    callers.add(open);
    const call = { kind: 'call', id: 'c', name, arguments: '{}' } as const;
    callers.addWhole({ candidates: [{ parts: [call] }] } as unknown as Reply);
    expect(heard).toEqual([{ ...open, name: 'a.b' }, [{ ...call, name: 'a.b' }]]);
  });
});
