import { describe, expect, it } from 'vitest';
import { KeywheelError } from '../../../kernel/errors.js';
import { readRequest } from './read-request.js';
import { REQUESTS } from './recorded.fixture.js';

const read = (body: Record<string, unknown>) => readRequest(body, { model: 'models/m', stream: false });
const recorded = (name: string) => read(REQUESTS[name]!);

describe('readRequest', () => {
  it('takes the names of the .proto file, and numbers as text', () => {
    expect(recorded('text, in the names of the .proto file')).toEqual({
      model: 'm',
      stream: false,
      system: [{ kind: 'text', text: 'You are a cat. Your name is Neko.' }],
      messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Hello there' }] }],
      tools: [],
      sampling: { temperature: 1, topP: 0.8, topK: 10, maxTokens: 800, stop: ['Title'] },
      thinking: { budget: 0 },
      extras: {
        gemini: {
          safetySettings: [{ category: 'HARM_CATEGORY_HATE_SPEECH', threshold: 'BLOCK_ONLY_HIGH' }],
        },
      },
    });
  });

  it('finds the call of each result, and gives ids where there are none', () => {
    const { messages, tools, toolChoice, extras } = recorded('function calling, a whole turn');
    expect(messages.slice(1)).toEqual([
      {
        role: 'assistant',
        parts: [
          { kind: 'thought', text: 'I will.' },
          {
            kind: 'call',
            id: 'call_g_0',
            name: 'schedule_meeting',
            arguments: '{"attendees":["Bob"],"date":"2025-03-27"}',
            signature: { origin: 'gemini', value: 'CiQBjz1rX3M=' },
          },
          { kind: 'call', id: '8f2b1a3c', name: 'set_light', arguments: '{"brightness":50}' },
        ],
      },
      {
        role: 'tool',
        parts: [
          {
            kind: 'result',
            callId: 'call_g_0',
            name: 'schedule_meeting',
            parts: [{ kind: 'text', text: '{"result":"ok"}' }],
          },
          {
            kind: 'result',
            callId: '8f2b1a3c',
            name: 'set_light',
            isError: true,
            parts: [{ kind: 'text', text: 'no power' }],
          },
        ],
      },
      { role: 'user', parts: [{ kind: 'text', text: 'And now?' }] },
    ]);
    expect(tools).toEqual([
      {
        kind: 'function',
        name: 'schedule_meeting',
        description: 'Schedules a meeting with specified attendees at a given time and date.',
        parameters: {
          type: 'object',
          properties: {
            attendees: { type: 'array', items: { type: 'string' }, minItems: 1 },
            date: { type: ['string', 'null'] },
          },
          required: ['attendees'],
        },
      },
      {
        kind: 'function',
        name: 'set_light',
        parameters: { type: 'object', properties: { brightness: { type: 'integer' } } },
      },
      { kind: 'hosted', name: 'web_search' },
      { kind: 'native', origin: 'gemini', name: 'googleMaps', value: {} },
    ]);
    expect(toolChoice).toEqual({ kind: 'named', names: ['schedule_meeting', 'set_light'] });
    expect(Object.keys(extras!.gemini!)).toEqual(['toolConfig.retrievalConfig']);
  });

  it('tells files of the Files API, URLs and inline data apart', () => {
    const { messages, extras, labels } = recorded('media');
    expect(messages[0]!.parts.slice(0, 4)).toEqual([
      {
        kind: 'media',
        media: 'image',
        mime: 'image/jpeg',
        source: { kind: 'base64', data: '/9j/4AAQSkZJRg==' },
      },
      {
        kind: 'media',
        media: 'document',
        mime: 'application/pdf',
        source: {
          kind: 'file',
          origin: 'gemini',
          id: 'https://generativelanguage.googleapis.com/v1beta/files/abc-123',
        },
      },
      {
        kind: 'media',
        media: 'video',
        source: { kind: 'url', url: 'https://www.youtube.com/watch?v=9hE5-98ZeCg' },
        extras: { gemini: { videoMetadata: { startOffset: '1250s', endOffset: '1570s' } } },
      },
      { kind: 'media', media: 'document', mime: 'text/plain', source: { kind: 'text', text: 'Hello' } },
    ]);
    expect(extras!.gemini).toEqual({ cachedContent: 'cachedContents/xyz' });
    expect(labels).toEqual({ team: 'research' });
  });

  it('reads what the answer is to look like', () => {
    const { output, sampling, extras } = recorded('structured output');
    expect(output).toEqual({
      kind: 'schema',
      strict: true,
      schema: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            recipeName: { type: 'string' },
            rating: { type: ['string', 'null'], enum: ['a', 'b', null] },
          },
          propertyOrdering: ['recipeName', 'rating'],
        },
      },
    });
    expect(sampling).toEqual({ candidates: 2, logprobs: true, topLogprobs: 3 });
    expect(extras!.gemini).toEqual({ 'generationConfig.mediaResolution': 'MEDIA_RESOLUTION_LOW' });
    expect(recorded('speech')).toMatchObject({ modalities: ['audio'], speech: { voice: 'Kore' } });
  });

  it.each([
    [{ mode: 'AUTO' }, { kind: 'auto' }],
    [{ mode: 'NONE' }, { kind: 'none' }],
    [{ mode: 'any' }, { kind: 'required' }],
    [{ mode: 'VALIDATED' }, { kind: 'auto' }],
    [
      { mode: 'VALIDATED', allowed_function_names: ['f'] },
      { kind: 'named', names: ['f'], optional: true },
    ],
    [{ mode: 'MODE_UNSPECIFIED' }, undefined],
  ])('knows the mode of calling %j', (functionCallingConfig, choice) => {
    expect(read({ contents: [], tool_config: { functionCallingConfig } }).toolChoice).toEqual(choice);
  });

  it.each<[Record<string, unknown>, string]>([
    [{}, 'contents'],
    [{ contents: 'hi' }, 'contents'],
    [{ contents: [{ role: 'assistant', parts: [] }] }, 'contents.0.role'],
    [{ contents: [{ parts: ['hi'] }] }, 'contents.0.parts.0'],
    [{ contents: [{ parts: [{ functionCall: { args: {} } }] }] }, 'contents.0.parts.0.functionCall.name'],
    [
      { contents: [{ parts: [{ functionCall: { name: 'f', args: 'x' } }] }] },
      'contents.0.parts.0.functionCall.args',
    ],
    [{ contents: [{ parts: [{ inlineData: {} }] }] }, 'contents.0.parts.0.inlineData.data'],
    [{ contents: [], generationConfig: { temperature: 'hot' } }, 'generationConfig.temperature'],
    [
      { contents: [], generationConfig: { thinkingConfig: { thinkingLevel: 'LOTS' } } },
      'generationConfig.thinkingConfig.thinkingLevel',
    ],
    [{ contents: [], tools: {} }, 'tools'],
    [
      { contents: [], toolConfig: { functionCallingConfig: { mode: 'X' } } },
      'toolConfig.functionCallingConfig.mode',
    ],
  ])('names the field that is wrong in %j', (body, param) => {
    try {
      read(body);
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(KeywheelError);
      expect(thrown).toMatchObject({ code: 'bad_body', param });
    }
  });

  describe('takes up an answer that was streamed', () => {
    const call = { functionCall: { name: 'f', args: {} }, thoughtSignature: 'c2ln' };
    const pieces = [
      { text: 'I ', thought: true },
      { text: 'think.', thought: true },
      { text: '', thought: true, thoughtSignature: 'c2lnMQ==' },
      { text: 'So.', thought: true },
      call,
    ];
    const thoughts = [
      { kind: 'thought', text: 'I think.', signature: { value: 'c2lnMQ==' } },
      { kind: 'thought', text: 'So.' },
      { kind: 'call', name: 'f' },
    ];

    it('with the signature on the whole of the thought that it followed', () => {
      const { messages } = read({ contents: [{ role: 'model', parts: pieces }] });
      expect(messages).toMatchObject([{ role: 'assistant', parts: thoughts }]);
    });

    it('as one turn, where each event was kept as a content', () => {
      const contents = pieces.map((part) => ({ role: 'model', parts: [part] }));
      const { messages } = read({ contents: [...contents, { role: 'user', parts: [{ text: 'Go on' }] }] });
      expect(messages).toMatchObject([{ role: 'assistant', parts: thoughts }, { role: 'user' }]);
    });

    it('and leaves alone what signs nothing but itself', () => {
      const alone = [{ text: '' }, { text: '', thought: true, thoughtSignature: 'c2lnMQ==' }];
      const { messages } = read({ contents: [{ role: 'model', parts: alone }] });
      expect(messages).toMatchObject([{ parts: [{ kind: 'text' }, { kind: 'thought', text: '' }] }]);
    });
  });
});
