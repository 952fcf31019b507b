import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../conversation/conversation.js';
import type { MediaPart, Part } from '../../conversation/parts.js';
import { write } from './written.fixture.js';

function said(...parts: Part[]): Pick<Conversation, 'messages'> {
  return { messages: [{ role: 'user', parts }] };
}

describe('messages', () => {
  it('are turns, with results in front and instructions where the model takes them', () => {
    const messages: Conversation['messages'] = [
      { role: 'user', parts: [{ kind: 'text', text: 'a' }] },
      { role: 'assistant', parts: [{ kind: 'call', id: 'x:1', name: 'f', arguments: '' }] },
      { role: 'user', parts: [{ kind: 'text', text: 'b' }] },
      { role: 'tool', parts: [{ kind: 'result', callId: 'x:1', parts: [], isError: true }] },
      { role: 'developer', parts: [{ kind: 'text', text: 'c' }] },
      { role: 'assistant', parts: [{ kind: 'text', text: 'd ' }] },
    ];
    const turns = [
      { role: 'user', content: [{ type: 'text', text: 'a' }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_783a31', name: 'f', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_783a31', is_error: true },
          { type: 'text', text: 'b' },
        ],
      },
    ];
    const last = { role: 'assistant', content: [{ type: 'text', text: 'd' }] };
    const older = write({ messages });
    expect(older.body).toMatchObject({ system: [{ type: 'text', text: 'c' }], messages: [...turns, last] });
    expect(older.notes).toEqual(['moved:system']);
    expect(write({ messages }, 'claude-opus-4-8').body.messages).toEqual([
      ...turns,
      { role: 'system', content: [{ type: 'text', text: 'c' }] },
      last,
    ]);
  });

  it('whose calls have the ids of earlier ones get other ids, and their results too', () => {
    const round: Conversation['messages'] = [
      { role: 'assistant', parts: [{ kind: 'call', id: 'f:0', name: 'f', arguments: '' }] },
      { role: 'tool', parts: [{ kind: 'result', callId: 'f:0', parts: [] }] },
    ];
    const { body } = write({
      messages: [{ role: 'user', parts: [{ kind: 'text', text: 'a' }] }, ...round, ...round],
    });
    const blocks = body.messages.slice(1).flatMap(({ content }) => content as Record<string, unknown>[]);
    expect(blocks.map(({ id, tool_use_id }) => id ?? tool_use_id)).toEqual([
      'call_663a30',
      'call_663a30',
      'call_663a30_2',
      'call_663a30_2',
    ]);
  });

  it('with instructions alone are a question', () => {
    const { body } = write({ system: [{ kind: 'text', text: 'Do it' }], messages: [] });
    expect(body.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Do it' }] }]);
    expect(body.system).toBeUndefined();
  });

  const image: MediaPart = { kind: 'media', media: 'image', source: { kind: 'base64', data: '/9j/4AAQ' } };
  const document: MediaPart = { ...image, media: 'document' };
  it.each<[MediaPart, unknown]>([
    [image, { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/4AAQ' } }],
    [
      { ...image, source: { kind: 'url', url: 'https://e.example/a.png' }, cache: { ttl: 3600 } },
      {
        type: 'image',
        source: { type: 'url', url: 'https://e.example/a.png' },
        cache_control: { type: 'ephemeral', ttl: '1h' },
      },
    ],
    [
      { ...document, mime: 'application/pdf', name: 'A' },
      {
        type: 'document',
        title: 'A',
        source: { type: 'base64', media_type: 'application/pdf', data: '/9j/4AAQ' },
      },
    ],
    [
      { ...document, mime: 'text/csv', source: { kind: 'base64', data: 'YSxi' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
    ],
    [
      { ...document, source: { kind: 'file', origin: 'anthropic', id: 'file_1' } },
      { type: 'document', source: { type: 'file', file_id: 'file_1' } },
    ],
  ])('hold %j', (part, expected) => {
    expect(write(said(part)).body.messages[0]!.content).toEqual([expected]);
  });

  it.each<[Part, string]>([
    [{ ...image, media: 'audio' }, 'audio'],
    [{ ...image, mime: 'image/tiff', source: { kind: 'base64', data: 'SUkqAA' } }, 'image/tiff'],
    [{ ...document, source: { kind: 'file', origin: 'gemini', id: 'files/1' } }, 'files/1'],
    [{ kind: 'call', id: 'c', name: 'f', arguments: '{"a"' }, 'no JSON'],
    [{ kind: 'call', id: 'c', name: 'f', arguments: '[1]' }, 'no JSON object'],
  ])('refuse %j', (part, words) => {
    expect(() => write(said(part))).toThrow(words);
  });

  it('take no images as instructions', () => {
    expect(() => write({ system: [image] })).toThrow('text only');
  });

  it('say what was lost', () => {
    const { notes, body } = write({
      user: 'u1',
      labels: { a: 'b' },
      cacheKey: 'k',
      extras: { chat: { logit_bias: {}, store: true }, anthropic: { service_tier: 'auto' } },
    });
    expect(notes).toEqual(['dropped:metadata', 'dropped:prompt_cache_key', 'dropped:logit_bias']);
    expect(body).toMatchObject({ metadata: { user_id: 'u1' }, service_tier: 'auto' });
  });
});
