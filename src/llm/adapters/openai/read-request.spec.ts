import { describe, expect, it } from 'vitest';
import { KeywheelError } from '../../../kernel/errors.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import { readBody, readFixture } from './chat.fixture.js';

const { body } = parsePrecise(readFixture('request.json')) as { body: Record<string, unknown> };

describe('readRequest of Chat Completions', () => {
  const read = readBody(body);

  it('tells instructions before all messages, with their origin and marks', () => {
    expect(read.system).toEqual([
      { kind: 'text', text: 'Be brief.' },
      {
        kind: 'text',
        text: 'Use tools.',
        cache: { ttl: 43_200 },
        extras: { chat: { role: 'developer', name: 'ops' } },
      },
    ]);
  });

  it('reads what a user shows', () => {
    expect(read.messages[0]).toEqual({
      role: 'user',
      name: 'ann',
      parts: [
        { kind: 'text', text: 'What is this?', cache: { ttl: 3600 } },
        {
          kind: 'media',
          media: 'image',
          mime: 'image/png',
          source: { kind: 'base64', data: 'iVBORw0KGgo=' },
          detail: 'low',
        },
        { kind: 'media', media: 'image', source: { kind: 'url', url: 'https://example.com/a.jpg' } },
        { kind: 'media', media: 'audio', mime: 'audio/wav', source: { kind: 'base64', data: 'UklGRg==' } },
        { kind: 'media', media: 'document', source: { kind: 'file', origin: 'chat', id: 'file-abc' } },
        {
          kind: 'media',
          media: 'document',
          mime: 'application/pdf',
          name: 'a.pdf',
          source: { kind: 'base64', data: 'JVBERi0=' },
        },
      ],
    });
  });

  it('puts thoughts together and gives their signatures back to who made them', () => {
    expect(read.messages[1]!.parts).toEqual([
      { kind: 'thought', text: 'Hm, a picture.', signature: { origin: 'anthropic', value: 'EqQBsig' } },
      { kind: 'thought', text: '', redacted: true, signature: { origin: 'anthropic', value: 'redacted==' } },
      { kind: 'text', text: 'Let me look.' },
      {
        kind: 'call',
        id: 'call_1',
        name: 'look',
        arguments: '{"id":12345678901234567890}',
        signature: { origin: 'gemini', value: 'CqYBsig' },
      },
      { kind: 'call', id: 'call_2', name: 'shell', arguments: 'ls -l', freeform: true },
    ]);
    expect(read.messages[4]!.parts).toEqual([
      { kind: 'refusal', text: 'No more.' },
      { kind: 'media', media: 'audio', source: { kind: 'file', origin: 'chat', id: 'audio_1' } },
    ]);
  });

  it('reads results', () => {
    expect(read.messages.slice(2, 4).map(({ parts }) => parts[0])).toEqual([
      { kind: 'result', callId: 'call_1', parts: [{ kind: 'text', text: 'a cat' }] },
      { kind: 'result', callId: 'call_2', parts: [{ kind: 'text', text: 'total 0' }] },
    ]);
  });

  it('reads tools and the choice among them', () => {
    expect(read.tools).toMatchObject([
      { kind: 'function', name: 'look', strict: true, parameters: { additionalProperties: false } },
      {
        kind: 'function',
        name: 'shell',
        freeform: true,
        extras: { responses: { format: { type: 'grammar', syntax: 'lark', definition: 'start: /.+/' } } },
      },
      { kind: 'hosted', name: 'web_search', location: { city: 'Bern', country: 'CH' } },
    ]);
    expect(read.toolChoice).toEqual({ kind: 'named', names: ['look'], optional: true });
  });

  it('reads settings', () => {
    expect(read).toMatchObject({
      stream: true,
      usageInStream: true,
      parallelCalls: true,
      output: { kind: 'schema', name: 'out', strict: true, schema: { type: 'object' } },
      modalities: ['text', 'audio'],
      speech: { voice: 'alloy', format: 'wav' },
      thinking: { effort: 'high' },
      user: 'user-1',
      cacheKey: 'k1',
      labels: { team: 'a' },
    });
    expect(read.sampling).toEqual({
      maxTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      stop: ['END'],
      candidates: 2,
      logprobs: true,
      topLogprobs: 3,
    });
    expect(Object.keys(read.extras!.chat!).sort()).toEqual(
      ['logit_bias', 'prediction', 'service_tier', 'store', 'verbosity'].sort(),
    );
  });
});

describe('thinking', () => {
  it.each([
    [{ reasoning_effort: 'minimal' }, { effort: 'minimal' }],
    [{ reasoning_effort: null }, undefined],
    [{ reasoning_effort: 'default' }, undefined],
    [{ reasoning: { effort: 'low' } }, { effort: 'low', shown: true }],
    [{ reasoning: { max_tokens: 2000, exclude: true } }, { budget: 2000, shown: false }],
    [{ reasoning: { enabled: false } }, { effort: 'none' }],
    [{ reasoning: { enabled: true } }, { effort: 'medium', shown: true }],
    [{ thinking: { type: 'enabled', budget_tokens: 4000 } }, { budget: 4000 }],
    [{ thinking: { type: 'enabled' } }, { adaptive: true }],
    [{ thinking: { type: 'disabled' } }, { budget: 0 }],
    [{ enable_thinking: true, thinking_budget: 100 }, { budget: 100 }],
    [{ enable_thinking: false }, { budget: 0 }],
    [
      { extra_body: { google: { thinking_config: { thinking_budget: 800, include_thoughts: true } } } },
      { budget: 800, shown: true },
    ],
    [{ google: { thinking_config: { thinking_level: 'LOW' } } }, { effort: 'low' }],
  ])('of %j is %j', (said, thinking) => {
    const read = readBody(said);
    expect(read.thinking).toEqual(thinking);
    expect(read.extras).toBeUndefined();
  });

  it('leaves the rest of extra_body', () => {
    const google = { thinking_config: { thinking_budget: 1 }, cached_content: 'c' };
    expect(readBody({ extra_body: { google } }).extras).toEqual({
      chat: { extra_body: { google: { cached_content: 'c' } } },
    });
  });
});

describe('the deprecated functions', () => {
  const said = readBody({
    functions: [{ name: 'f', parameters: { type: 'object' } }],
    function_call: { name: 'f' },
    messages: [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
      { role: 'function', name: 'f', content: '2' },
    ],
  });

  it('are tools, one at a time', () => {
    expect(said.tools).toMatchObject([{ kind: 'function', name: 'f' }]);
    expect(said).toMatchObject({ toolChoice: { kind: 'named', names: ['f'] }, parallelCalls: false });
  });

  it('are called and answered under one id', () => {
    const [call] = said.messages[1]!.parts;
    expect(said.messages[2]).toMatchObject({
      role: 'tool',
      parts: [{ kind: 'result', callId: (call as { id: string }).id, name: 'f' }],
    });
  });
});

describe('a body that breaks the rules', () => {
  const messages = (...list: unknown[]) => ({ messages: list });
  it.each([
    [{ model: 5 }, 'model'],
    [{ messages: 'x' }, 'messages'],
    [{ messages: [] }, 'messages'],
    [messages('x'), 'messages.0'],
    [messages({ content: 'x' }), 'messages.0.role'],
    [messages({ role: 'robot', content: 'x' }), 'messages.0.role'],
    [messages({ role: 'user' }), 'messages.0.content'],
    [messages({ role: 'user', content: 5 }), 'messages.0.content'],
    [messages({ role: 'user', content: [{ type: 'x' }] }), 'messages.0.content.0.type'],
    [messages({ role: 'user', content: [{ type: 'constructor' }] }), 'messages.0.content.0.type'],
    [messages({ role: 'user', content: [{ type: 'text' }] }), 'messages.0.content.0.text'],
    [
      messages({ role: 'user', content: [{ type: 'image_url', image_url: {} }] }),
      'messages.0.content.0.image_url.url',
    ],
    [
      messages({ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:x' } }] }),
      'messages.0.content.0.image_url.url',
    ],
    [messages({ role: 'user', content: [{ type: 'file', file: {} }] }), 'messages.0.content.0.file'],
    [messages({ role: 'tool', content: 'x' }), 'messages.0.tool_call_id'],
    [messages({ role: 'function', name: 'f', content: 'x' }), 'messages.0.name'],
    [
      messages({ role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{' } }] }),
      'messages.0.tool_calls.0.function.arguments',
    ],
    [
      messages({ role: 'assistant', tool_calls: [{ function: { name: 'f' } }] }),
      'messages.0.tool_calls.0.id',
    ],
    [{ tools: [{ type: 'function' }] }, 'tools.0.function'],
    [{ tools: [{}] }, 'tools.0.type'],
    [{ tool_choice: 'maybe' }, 'tool_choice'],
    [
      { tool_choice: { type: 'allowed_tools', allowed_tools: { tools: [] } } },
      'tool_choice.allowed_tools.tools',
    ],
    [{ response_format: { type: 'xml' } }, 'response_format.type'],
    [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ n: 0 }, 'n'],
    [{ n: 1.5 }, 'n'],
    [{ stop: 5 }, 'stop'],
    [{ stream: 'yes' }, 'stream'],
    [{ modalities: ['smell'] }, 'modalities.0'],
    [{ reasoning_effort: 'huge' }, 'reasoning_effort'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
  ])('%j is refused by its field %s', (broken, param) => {
    expect(() => readBody(broken)).toThrow(
      expect.toSatisfy(
        (error: unknown) =>
          error instanceof KeywheelError && error.code === 'bad_body' && error.param === param,
        `bad_body at ${param}`,
      ) as Error,
    );
  });
});
