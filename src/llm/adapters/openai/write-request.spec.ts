import { describe, expect, it } from 'vitest';
import type { Conversation, Message } from '../../conversation/conversation.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import type { Part } from '../../conversation/parts.js';
import { readBody, readFixture, written } from './chat.fixture.js';

const { body: whole } = parsePrecise(readFixture('request.json')) as { body: Record<string, unknown> };
const user = (...parts: Part[]): Message => ({ role: 'user', parts });
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts });
const call = (id: string): Part => ({ kind: 'call', id, name: 'f', arguments: '{}' });
const image: Part = {
  kind: 'media',
  media: 'image',
  mime: 'image/png',
  source: { kind: 'base64', data: 'AAAA' },
};

describe('writeRequest of Chat Completions', () => {
  it('says to OpenAI what was said in its own dialect', () => {
    const said = readBody(whole);
    const { body, warnings } = written(said, 'openai', 'gpt-6-astra');
    const { web_search_options: search, ...rest } = body;
    const again = readBody(JSON.parse(JSON.stringify({ ...rest, web_search_options: search })));
    const withoutThoughts = (one: Conversation) => ({
      ...one,
      messages: one.messages.map((message) => ({
        ...message,
        parts: message.parts
          .filter(({ kind }) => kind !== 'thought')
          .map(({ signature: _signature, cache: _cache, ...part }) => part),
      })),
      sampling: { ...one.sampling, topK: undefined },
    });
    expect(withoutThoughts(again)).toEqual(withoutThoughts(said));
    expect(warnings).toEqual(['dropped:thoughts', 'dropped:top_k']);
    expect(body).toMatchObject({
      max_completion_tokens: 100,
      safety_identifier: 'user-1',
      metadata: { team: 'a' },
      stream_options: { include_usage: true },
      web_search_options: { search_context_size: 'high' },
    });
  });

  it('keeps the digits of arguments', () => {
    expect(JSON.stringify(written(readBody(whole)).body)).toContain('12345678901234567890');
  });

  it.each([
    ['openai', 'max_completion_tokens'],
    ['azure-openai', 'max_completion_tokens'],
    ['deepseek', 'max_tokens'],
    ['', 'max_tokens'],
    ['constructor', 'max_tokens'],
  ])('limits the answer of %s by %s', (preset, field) => {
    expect(written({ sampling: { maxTokens: 5 } }, preset).body[field]).toBe(5);
  });

  it('always asks for the counts of a stream, but of those who refuse the question', () => {
    expect(written({ stream: true }).body.stream_options).toEqual({ include_usage: true });
    expect(written({ stream: true }, 'mistral').body.stream_options).toBeUndefined();
    expect(written({}).body.stream_options).toBeUndefined();
  });

  it('puts results behind their calls, and what they show behind all of them', () => {
    const { body } = written({
      messages: [
        user({ kind: 'text', text: 'a' }),
        assistant(call('c1')),
        assistant(call('c2')),
        { role: 'tool', parts: [{ kind: 'result', callId: 'c1', parts: [image] }] },
        {
          role: 'tool',
          parts: [{ kind: 'result', callId: 'c2', isError: true, parts: [{ kind: 'text', text: 'no' }] }],
        },
        user({ kind: 'text', text: 'b' }),
      ],
    });
    expect(body.messages.map(({ role, content }: Record<string, unknown>) => [role, content])).toEqual([
      ['user', 'a'],
      ['assistant', null],
      ['tool', 'The result is 1 attachment(s) in the next user message.'],
      ['tool', 'Error: no'],
      [
        'user',
        [
          { type: 'text', text: 'Attachments of the result of tool call c1:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      ],
      ['user', 'b'],
    ]);
    expect(body.messages[1].tool_calls).toHaveLength(2);
  });

  it('keeps ids of calls in the form that the upstream takes, the same for call and result', () => {
    const id = `toolu_${'x'.repeat(60)}`;
    const messages = [
      assistant(call(id)),
      { role: 'tool' as const, parts: [{ kind: 'result' as const, callId: id, parts: [] }] },
    ];
    for (const [preset, form] of [
      ['openai', /^call_.{24}$/],
      ['mistral', /^[a-zA-Z0-9]{9}$/],
    ] as const) {
      const { body } = written({ messages }, preset);
      expect(body.messages[0].tool_calls[0].id).toMatch(form);
      expect(body.messages[1].tool_call_id).toBe(body.messages[0].tool_calls[0].id);
    }
  });

  it('gives thoughts back where they are wanted, by the field that is', () => {
    const signature = {
      origin: 'chat' as const,
      value: '{"type":"reasoning.text","signature":"S","format":"f"}',
    };
    const messages = [assistant({ kind: 'thought', text: 'hm', signature }, call('c'))];
    expect(written({ messages }, 'deepseek').body.messages[0].reasoning_content).toBe('hm');
    expect(written({ messages }, 'groq').body.messages[0].reasoning).toBe('hm');
    expect(written({ messages }, 'openrouter').body.messages[0].reasoning_details).toEqual([
      { type: 'reasoning.text', signature: 'S', format: 'f', text: 'hm', index: 0 },
    ]);
    expect(written({ messages }, 'openai').warnings).toEqual(['dropped:thoughts']);
  });

  it('offers only the allowed tools where there is no word for them', () => {
    const tools = ['a', 'b', 'c'].map((name) => ({ kind: 'function' as const, name }));
    const choice = { kind: 'named', names: ['a', 'c'] } as const;
    const { body } = written({ tools, toolChoice: choice }, 'groq');
    expect(body.tools.map((tool: { function: { name: string } }) => tool.function.name)).toEqual(['a', 'c']);
    expect(body.tool_choice).toBe('required');
    expect(written({ tools, toolChoice: choice }).body.tool_choice).toMatchObject({
      type: 'allowed_tools',
      allowed_tools: { mode: 'required' },
    });
  });

  it('says nothing of tools where there are none', () => {
    const { body } = written({ toolChoice: { kind: 'auto' }, parallelCalls: false });
    expect(body).not.toHaveProperty('tool_choice');
    expect(body).not.toHaveProperty('parallel_tool_calls');
  });

  it.each([
    ['openai', 'o4-mini', { effort: 'none' }, { reasoning_effort: 'low' }],
    ['openai', 'gpt-5-mini', { budget: 0 }, { reasoning_effort: 'minimal' }],
    ['openai', 'gpt-5.2', { budget: 8000 }, { reasoning_effort: 'medium' }],
    ['openai', 'gpt-4.1', { budget: 8000 }, {}],
    ['openai', 'gpt-5', { adaptive: true }, {}],
    ['openrouter', 'm', { budget: 3000, shown: false }, { reasoning: { max_tokens: 3000, exclude: true } }],
    ['openrouter', 'm', { adaptive: true }, { reasoning: { enabled: true } }],
    ['deepseek', 'm', { effort: 'high' }, { thinking: { type: 'enabled' } }],
    ['deepseek', 'm', { budget: 0 }, { thinking: { type: 'disabled' } }],
    ['siliconflow', 'm', { budget: 100 }, { enable_thinking: true, thinking_budget: 100 }],
  ] as const)('%s, %s: %j is %j', (preset, model, thinking, expected) => {
    const { model: _model, messages: _messages, ...rest } = written({ thinking }, preset, model).body;
    expect(rest).toEqual(expected);
  });

  it('notes what other dialects said beyond', () => {
    const extras = { anthropic: { container: 'x' }, chat: { verbosity: 'low' } };
    const { body, warnings } = written({ extras });
    expect(body.verbosity).toBe('low');
    expect(warnings).toEqual(['dropped:container']);
  });

  it('keeps what Responses say in the same words, where the upstream is OpenAI or like it', () => {
    const extras = { responses: { prompt_cache_retention: '24h', service_tier: 'flex', truncation: 'auto' } };
    const { body, warnings } = written({ extras });
    expect(body).toMatchObject({ prompt_cache_retention: '24h', service_tier: 'flex' });
    expect(warnings).toEqual(['dropped:truncation']);
  });

  it('says which marks for a cache it leaves out', () => {
    const messages = [user({ kind: 'text', text: 'a', cache: { ttl: 3600 } })];
    expect(written({ messages }, 'openai', 'gpt-4.1').warnings).toEqual(['dropped:cache_control']);
    expect(written({ messages }, 'openai', 'gpt-5.6').body.messages[0].content).toEqual([
      { type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
    ]);
    expect(written({ messages }, 'openrouter').body.messages[0].content).toEqual([
      { type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ]);
  });

  it('asks for sound as OpenAI wants to be asked', () => {
    expect(written({ modalities: ['audio'], stream: true }).body).toMatchObject({
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format: 'pcm16' },
    });
  });

  it('speaks with the voice that comes nearest to one of Gemini, and says so', () => {
    const { body, warnings } = written({ modalities: ['audio'], speech: { voice: 'Kore' } });
    expect(body.audio).toMatchObject({ voice: 'alloy' });
    expect(warnings).toEqual(['approximated:voice']);
    expect(written({ speech: { voice: 'mine' } }).body.audio).toMatchObject({ voice: 'mine' });
  });

  it('makes one text of many for those who know no lists', () => {
    const two = [
      { kind: 'text', text: 'a' },
      { kind: 'text', text: 'b' },
    ] as const;
    const said = { system: two, messages: [user(...two), assistant(...two)] };
    const contents = (preset: string) =>
      written(said, preset).body.messages.map(({ content }: { content: unknown }) => content);
    expect(contents('deepseek')).toEqual(['a\n\nb', 'a\n\nb', 'ab']);
    expect(contents('openai')[0]).toHaveLength(2);
  });

  it('gives thoughts alone an empty text', () => {
    const messages = [assistant({ kind: 'thought', text: 'hm' }), user({ kind: 'text', text: 'x' })];
    expect(written({ messages }, 'deepseek').body.messages[0]).toEqual({
      role: 'assistant',
      content: '',
      reasoning_content: 'hm',
    });
    expect(written({ messages }, 'openai').body.messages).toHaveLength(1);
  });

  it('gives Google’s signatures to who may be Google', () => {
    const signature = { origin: 'gemini', value: 'S' } as const;
    const messages = [assistant({ kind: 'call', id: 'c', name: 'f', arguments: '{}', signature })];
    const callTo = (preset: string) => written({ messages }, preset).body.messages[0].tool_calls[0];
    expect(callTo('').extra_content).toEqual({ google: { thought_signature: 'S' } });
    expect(callTo('openai')).not.toHaveProperty('extra_content');
  });

  it('searches', () => {
    const tools = [{ kind: 'hosted', name: 'web_search', location: { city: 'Bern' } }] as const;
    expect(written({ tools }).body.web_search_options).toEqual({
      user_location: { type: 'approximate', approximate: { city: 'Bern' } },
    });
    expect(written({ tools }, 'openrouter')).toMatchObject({
      body: { plugins: [{ id: 'web' }] },
      warnings: ['dropped:user_location'],
    });
  });

  const refusals: [string, string, Partial<Conversation>][] = [
    [
      'a file of another provider',
      'openai',
      {
        messages: [
          user({ kind: 'media', media: 'image', source: { kind: 'file', origin: 'gemini', id: 'f' } }),
        ],
      },
    ],
    [
      'URLs of audio',
      'openai',
      { messages: [user({ kind: 'media', media: 'audio', source: { kind: 'url', url: 'https://a' } })] },
    ],
    [
      'URLs of documents',
      'openai',
      { messages: [user({ kind: 'media', media: 'document', source: { kind: 'url', url: 'https://a' } })] },
    ],
    [
      'video',
      'openai',
      { messages: [user({ kind: 'media', media: 'video', source: { kind: 'url', url: 'https://a' } })] },
    ],
    ['code execution', 'openai', { tools: [{ kind: 'hosted', name: 'code_execution' }] }],
    ['searches of those who have none', 'groq', { tools: [{ kind: 'hosted', name: 'web_search' }] }],
    [
      'searches in some domains',
      'openai',
      { tools: [{ kind: 'hosted', name: 'web_search', allowedDomains: ['a.b'] }] },
    ],
    [
      'tools of another dialect',
      'openai',
      { tools: [{ kind: 'native', origin: 'anthropic', name: 'bash', value: {} }] },
    ],
    [
      'free text to those who know none',
      'groq',
      { tools: [{ kind: 'function', name: 'f', freeform: true }] },
    ],
    ['images in the answer', 'openai', { modalities: ['text', 'image'] }],
  ];
  it.each(refusals)('refuses %s (%s)', (_what, preset, said) => {
    expect(() => written(said, preset)).toThrow(expect.objectContaining({ code: 'untranslatable' }) as Error);
  });
});
