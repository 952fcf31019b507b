import { describe, expect, it } from 'vitest';
import type { Conversation, Message } from '../../conversation/conversation.js';
import { Notes } from '../../conversation/notes.js';
import type { Part } from '../../conversation/parts.js';
import { writeRequest } from './write-request.js';

const SAID: Conversation = {
  model: 'm',
  stream: false,
  system: [],
  messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Hi' }] }],
  tools: [],
  sampling: {},
};

function written(conversation: Partial<Conversation>, model = 'gemini-3-flash-preview', preset = 'gemini') {
  const notes = new Notes();
  const { path, body } = writeRequest({ ...SAID, ...conversation }, { model, preset, notes });
  return { path, body: JSON.parse(JSON.stringify(body)), warnings: notes.warnings };
}

const refused = (conversation: Partial<Conversation>, model?: string, preset?: string) => {
  try {
    written(conversation, model, preset);
  } catch (thrown) {
    return thrown;
  }
  return undefined;
};

const call = (id: string, more: Partial<Part> = {}) =>
  ({ kind: 'call', id, name: 'look', arguments: '{"a":1}', ...more }) as Part;
const result = (callId: string, parts: readonly Part[]): Part => ({ kind: 'result', callId, parts });
const turn = (calls: readonly Part[], results: readonly Part[]): Message[] => [
  ...SAID.messages,
  { role: 'assistant', parts: calls },
  { role: 'tool', parts: results },
];
const PNG: Part = {
  kind: 'media',
  media: 'image',
  mime: 'image/png',
  source: { kind: 'base64', data: 'AAAA' },
};
const TOOL = { kind: 'function', name: 'look', parameters: { type: 'object', properties: {} } } as const;
const SEARCH = { kind: 'hosted', name: 'web_search' } as const;

const responseIn = (part: { functionResponse?: { response: unknown } }) =>
  part.functionResponse?.response ?? part;

describe('writeRequest', () => {
  it('names model and operation in the path', () => {
    expect(written({}, 'gemini-2.5-pro').path).toBe('/v1beta/models/gemini-2.5-pro:generateContent');
    expect(written({ stream: true }, 'tunedModels/a b').path).toBe(
      '/v1beta/tunedModels/a%20b:streamGenerateContent?alt=sse',
    );
  });

  it('signs the first call of each step for Gemini 3, and none for older models', () => {
    const signature = { origin: 'gemini', value: 'c2ln' } as const;
    const foreign = { origin: 'anthropic', value: 'EqQB' } as const;
    const calls = [call('a', { signature: foreign }), call('b')];
    const results = [result('a', []), result('b', [])];
    const parts = (messages: Message[], model: string) => written({ messages }, model).body.contents[1].parts;
    expect(parts(turn(calls, results), 'gemini-3-pro-preview')).toEqual([
      {
        functionCall: { id: 'a', name: 'look', args: { a: 1 } },
        thoughtSignature: 'skip_thought_signature_validator',
      },
      { functionCall: { id: 'b', name: 'look', args: { a: 1 } } },
    ]);
    expect(parts(turn([call('a', { signature })], [result('a', [])]), 'gemini-flash-latest')).toEqual([
      { functionCall: { id: 'a', name: 'look', args: { a: 1 } }, thoughtSignature: 'c2ln' },
    ]);
    expect(parts(turn(calls, results), 'gemini-2.5-pro')[0]).not.toHaveProperty('thoughtSignature');
  });

  it('writes calls and results without ids where Vertex knows none', () => {
    const messages = turn([call('a')], [result('a', [{ kind: 'text', text: 'ok' }])]);
    expect(written({ messages }, 'gemini-2.5-pro', 'vertex-express').body.contents.slice(1)).toEqual([
      { role: 'model', parts: [{ functionCall: { name: 'look', args: { a: 1 } } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'look', response: { output: 'ok' } } }] },
    ]);
    expect(JSON.stringify(written({ messages }, 'gemini-3.5-flash', 'vertex-express').body)).toContain(
      '"id":"a"',
    );
  });

  it('puts all results of a turn into one content, errors as such, objects as objects', () => {
    const texts = ['{"temp":20}', '{"output":1}', '{ "spaced": 1 }', '{"$ref":"x"}', '[1]'];
    const results = texts.map((text, index) => result(`c${index}`, [{ kind: 'text', text }]));
    const messages: Message[] = [
      ...SAID.messages,
      { role: 'assistant', parts: texts.map((_, index) => call(`c${index}`)) },
      ...results.map((part): Message => ({ role: 'tool', parts: [part] })),
      { role: 'user', parts: [{ kind: 'text', text: 'So?' }] },
    ];
    const { contents } = written({ messages }).body;
    expect(contents).toHaveLength(3);
    expect(contents[2].parts.map(responseIn)).toEqual([
      { temp: 20 },
      { output: '{"output":1}' },
      { output: '{ "spaced": 1 }' },
      { output: '{"$ref":"x"}' },
      { output: '[1]' },
      { text: 'So?' },
    ]);
    const failed = { ...result('a', [{ kind: 'text', text: 'no' }]), isError: true } as Part;
    expect(written({ messages: turn([call('a')], [failed]) }).body.contents[2].parts[0]).toMatchObject({
      functionResponse: { response: { error: 'no' } },
    });
  });

  it('puts images of results into them for Gemini 3, else beside', () => {
    const messages = turn([call('a')], [result('a', [{ kind: 'text', text: 'see' }, PNG])]);
    const inlineData = { mimeType: 'image/png', data: 'AAAA' };
    expect(written({ messages }).body.contents[2].parts).toEqual([
      { functionResponse: { id: 'a', name: 'look', response: { output: 'see' }, parts: [{ inlineData }] } },
    ]);
    expect(written({ messages }, 'gemini-2.5-flash').body.contents[2].parts).toEqual([
      { functionResponse: { id: 'a', name: 'look', response: { output: 'see' } } },
      { inlineData },
    ]);
  });

  it('says how closely to look where the model hears it', () => {
    const messages: Message[] = [{ role: 'user', parts: [{ ...PNG, detail: 'low' }] }];
    expect(written({ messages }).body.contents[0].parts[0]).toHaveProperty('mediaResolution', {
      level: 'MEDIA_RESOLUTION_LOW',
    });
    expect(written({ messages }, 'gemini-2.5-pro').warnings).toEqual(['dropped:detail']);
  });

  it('gives Gemini its own thoughts back and keeps those of others away', () => {
    const thoughts: Part[] = [
      { kind: 'thought', text: 'mine', signature: { origin: 'gemini', value: 'c2ln' } },
      { kind: 'thought', text: 'theirs', signature: { origin: 'anthropic', value: 'EqQB' } },
      { kind: 'thought', text: '', redacted: true, signature: { origin: 'anthropic', value: 'EqQB' } },
      { kind: 'thought', text: 'nobody’s' },
      { kind: 'text', text: '', signature: { origin: 'gemini', value: 'dGV4dA==' } },
      { kind: 'text', text: '' },
    ];
    const messages: Message[] = [...SAID.messages, { role: 'assistant', parts: thoughts }];
    expect(written({ messages }).body.contents[1].parts).toEqual([
      { text: 'mine', thought: true, thoughtSignature: 'c2ln' },
      { text: 'nobody’s', thought: true },
      { text: '', thoughtSignature: 'dGV4dA==' },
    ]);
  });

  it('has a place for instructions, wherever they come', () => {
    const system: Part[] = [{ kind: 'text', text: 'Be brief.' }];
    expect(written({ system }).body.systemInstruction).toEqual({ parts: [{ text: 'Be brief.' }] });
    expect(written({ system }, 'gemma-3-27b-it').body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Be brief.' }, { text: 'Hi' }] }],
    });
    expect(written({ system, messages: [] }).body.contents).toEqual([
      { role: 'user', parts: [{ text: 'Be brief.' }] },
    ]);
    const messages: Message[] = [
      ...SAID.messages,
      { role: 'system', parts: [{ kind: 'text', text: 'Now!' }] },
    ];
    const late = written({ messages });
    expect(late.body.contents).toEqual([{ role: 'user', parts: [{ text: 'Hi' }, { text: 'Now!' }] }]);
    expect(late.warnings).toEqual(['changed:system']);
  });

  it.each([
    [undefined, undefined],
    [{ kind: 'auto' }, { mode: 'AUTO' }],
    [{ kind: 'none' }, { mode: 'NONE' }],
    [{ kind: 'required' }, { mode: 'ANY' }],
    [
      { kind: 'named', names: ['look'] },
      { mode: 'ANY', allowedFunctionNames: ['look'] },
    ],
    [
      { kind: 'named', names: ['look'], optional: true },
      { mode: 'VALIDATED', allowedFunctionNames: ['look'] },
    ],
  ] as const)('writes the choice %j', (toolChoice, config) => {
    const { body } = written({ tools: [TOOL], toolChoice });
    expect(body.tools).toEqual([
      { functionDeclarations: [{ name: 'look', parametersJsonSchema: TOOL.parameters }] },
    ]);
    expect(body.toolConfig?.functionCallingConfig).toEqual(config);
  });

  it('has strict functions validated, and tools of both kinds where the model can', () => {
    expect(written({ tools: [{ ...TOOL, strict: true }] }).body.toolConfig).toEqual({
      functionCallingConfig: { mode: 'VALIDATED' },
    });
    expect(written({ tools: [TOOL, SEARCH] }).body).toMatchObject({
      tools: [{ functionDeclarations: [{}] }, { googleSearch: {} }],
      toolConfig: { functionCallingConfig: { mode: 'VALIDATED' }, includeServerSideToolInvocations: true },
    });
    expect(written({ tools: [TOOL, SEARCH], toolChoice: { kind: 'none' } }).body.tools).toHaveLength(1);
    expect(refused({ tools: [TOOL, SEARCH] }, 'gemini-2.5-pro')).toMatchObject({ code: 'untranslatable' });
  });

  it.each<[string, Partial<Conversation>, string?, string?]>([
    [
      'a tool of another provider',
      { tools: [{ kind: 'native', origin: 'responses', name: 'file_search', value: {} }] },
    ],
    ['free text', { tools: [{ kind: 'function', name: 'patch', freeform: true }] }],
    ['a forced search', { tools: [SEARCH], toolChoice: { kind: 'required' } }],
    ['only some domains', { tools: [{ ...SEARCH, allowedDomains: ['example.com'] }] }],
    ['not some domains', { tools: [{ ...SEARCH, blockedDomains: ['example.com'] }] }],
    ['too many stops', { sampling: { stop: ['1', '2', '3', '4', '5', '6'] } }],
    ['MP3', { speech: { voice: 'Kore', format: 'mp3' } }],
    ['JSON and functions', { tools: [TOOL], output: { kind: 'json' } }, 'gemini-2.5-flash'],
    [
      'a file that lies elsewhere',
      {
        messages: [
          {
            role: 'user',
            parts: [
              { kind: 'media', media: 'image', source: { kind: 'file', origin: 'responses', id: 'file-1' } },
            ],
          },
        ],
      },
    ],
    [
      'a file of the Gemini API on Vertex',
      {
        messages: [
          {
            role: 'user',
            parts: [
              { kind: 'media', media: 'image', source: { kind: 'file', origin: 'gemini', id: 'files/x' } },
            ],
          },
        ],
      },
      'gemini-2.5-pro',
      'vertex-express',
    ],
    ['a result without a call', { messages: [{ role: 'tool', parts: [result('x', [])] }] }],
  ])('refuses %s', (_, conversation, model, preset) => {
    expect(refused(conversation, model, preset)).toMatchObject({ code: 'untranslatable', status: 400 });
  });

  it('refuses arguments that are no JSON object', () => {
    const messages = (text: string) => turn([call('a', { arguments: text })], [result('a', [])]);
    for (const text of ['{', '[]', '7', '12345678901234567890']) {
      expect(refused({ messages: messages(text) })).toMatchObject({ code: 'bad_body' });
    }
    expect(refused({ messages: messages('') })).toBeUndefined();
  });

  it('writes settings, and notes what gets lost', () => {
    const said: Partial<Conversation> = {
      sampling: {
        maxTokens: 9,
        temperature: 0.5,
        topP: 0.1,
        topK: 3,
        seed: 2 ** 40,
        presencePenalty: 0,
        frequencyPenalty: 0.5,
        stop: ['x'],
        candidates: 2,
        logprobs: true,
        topLogprobs: 4,
      },
      output: { kind: 'schema', name: 'n', schema: { properties: { kind: { const: 'a' } } } },
      modalities: ['text', 'image'],
      speech: { voice: 'Kore', format: 'pcm16' },
      user: 'u',
      cacheKey: 'c',
      labels: { team: 'a-1', 'Not Google’s': 'x' },
      parallelCalls: false,
      tools: [SEARCH],
      extras: {
        gemini: { 'generationConfig.speechConfig': { languageCode: 'de-DE' } },
        chat: { logit_bias: {} },
      },
    };
    const { body, warnings } = written(said, 'gemini-2.5-flash');
    expect(body.generationConfig).toEqual({
      maxOutputTokens: 9,
      temperature: 0.5,
      topP: 0.1,
      topK: 3,
      stopSequences: ['x'],
      candidateCount: 2,
      responseLogprobs: true,
      logprobs: 4,
      responseMimeType: 'application/json',
      responseJsonSchema: { properties: { kind: { enum: ['a'] } } },
      responseModalities: ['TEXT', 'IMAGE'],
      speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } }, languageCode: 'de-DE' },
    });
    expect(body.labels).toEqual({ team: 'a-1' });
    expect([...warnings].sort()).toEqual([
      'dropped:frequencyPenalty',
      'dropped:logit_bias',
      'dropped:metadata',
      'dropped:parallel_tool_calls',
      'dropped:prompt_cache_key',
      'dropped:seed',
      'dropped:user',
    ]);
    const vertex = written({ sampling: { frequencyPenalty: 0.5 } }, 'gemini-2.5-flash', 'vertex-express');
    expect(vertex.body.generationConfig).toEqual({ frequencyPenalty: 0.5 });
  });

  it('asks for sound alone, in the voice that comes nearest', () => {
    const said = {
      modalities: ['text', 'audio'] as const,
      speech: { voice: 'alloy', format: 'pcm16' },
    };
    const { body, warnings } = written(said, 'gemini-2.5-flash-preview-tts');
    expect(body.generationConfig).toEqual({
      responseModalities: ['AUDIO'],
      speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
    });
    expect([...warnings].sort()).toEqual(['approximated:voice', 'dropped:modalities.text']);
  });

  it('gives no more answers than Gemini does', () => {
    expect(written({ sampling: { candidates: 8 } }).body.generationConfig.candidateCount).toBe(8);
    expect(refused({ sampling: { candidates: 9 } })).toMatchObject({ code: 'untranslatable' });
  });

  it('begins with a turn of the user where the conversation begins with a call', () => {
    const { body, warnings } = written({ messages: turn([call('a')], [result('a', [])]).slice(-2) });
    expect(body.contents.map(({ role }: { role: string }) => role)).toEqual(['user', 'model', 'user']);
    expect(warnings).toContain('added:user_turn');
  });
});
