import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../conversation/conversation.js';
import { readRequest } from './read-request.js';
import { bodyOf } from './responses.fixture.js';

const FACTS = { model: undefined, stream: false };

function read(body: Record<string, unknown>): Conversation {
  return readRequest({ model: 'm', input: 'hi', ...body }, FACTS);
}

describe('a request of Responses', () => {
  it('is read as a whole', () => {
    const said = readRequest(bodyOf('request.json'), FACTS);
    expect(said).toMatchObject({
      model: 'gpt-6',
      stream: true,
      system: [
        { kind: 'text', text: 'Be brief.' },
        { kind: 'text', text: 'Speak French.', extras: { responses: { role: 'developer' } } },
      ],
      toolChoice: { kind: 'named', names: ['look_up', 'run'], optional: true },
      parallelCalls: false,
      output: { kind: 'schema', name: 'answer', schema: { type: 'object' }, strict: true },
      thinking: { effort: 'high', shown: true },
      sampling: { maxTokens: 500, temperature: 0.5, topP: 0.9, topLogprobs: 3, logprobs: true },
      user: 'u1',
      cacheKey: 'k1',
      labels: { team: 'blue' },
    });
    expect(said.extras?.responses).toEqual({
      include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
      reasoning_summary: 'detailed',
      service_tier: 'flex',
      store: false,
      truncation: 'auto',
      verbosity: 'low',
    });
  });

  it('has what the assistant said, thought and called in one message, and the results in the next', () => {
    const { messages } = readRequest(bodyOf('request.json'), FACTS);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
    expect(messages[1]!.parts).toEqual([
      {
        kind: 'thought',
        text: 'First.\n\nSecond.',
        signature: { origin: 'responses', value: 'rs_1#gAAAAABo' },
      },
      { kind: 'text', text: 'Looking it up.', extras: { responses: { phase: 'commentary' } } },
      { kind: 'call', id: 'call_1', name: 'look_up', arguments: '{"id":12345678901234567890}' },
      { kind: 'call', id: 'call_2', name: 'run', arguments: 'print(1)', freeform: true },
      expect.objectContaining({ kind: 'native', origin: 'responses' }),
    ]);
    expect(messages[2]!.parts).toEqual([
      {
        kind: 'result',
        callId: 'call_1',
        parts: [
          { kind: 'text', text: 'a lamp' },
          {
            kind: 'media',
            media: 'image',
            detail: 'auto',
            source: { kind: 'url', url: 'https://example.com/a.png' },
          },
        ],
      },
      { kind: 'result', callId: 'call_2', parts: [{ kind: 'text', text: '1' }] },
    ]);
    expect(messages[3]!.parts).toEqual([{ kind: 'refusal', text: 'I will not.' }]);
  });

  it('has images and files by data, URL and id', () => {
    const { messages } = readRequest(bodyOf('request.json'), FACTS);
    expect(messages[0]!.parts).toMatchObject([
      { kind: 'text', cache: { ttl: 1800 } },
      { media: 'image', mime: 'image/png', detail: 'high', source: { kind: 'base64', data: 'iVBORw0K' } },
      { media: 'image', source: { kind: 'file', origin: 'responses', id: 'file-1' } },
      { media: 'document', mime: 'application/pdf', name: 'a.pdf', source: { kind: 'base64' } },
      { media: 'document', source: { kind: 'url', url: 'https://example.com/b.pdf' } },
      { media: 'document', source: { kind: 'file', origin: 'responses', id: 'file-2' } },
    ]);
  });

  it('tells tools of the caller, tools that others have too, and its own apart', () => {
    const { tools } = readRequest(bodyOf('request.json'), FACTS);
    expect(tools).toMatchObject([
      { kind: 'function', name: 'look_up', strict: true },
      {
        kind: 'function',
        name: 'run',
        freeform: true,
        extras: { chat: { format: { type: 'grammar', grammar: { syntax: 'lark' } } } },
      },
      {
        kind: 'hosted',
        name: 'web_search',
        allowedDomains: ['example.com'],
        location: { city: 'Linz', country: 'AT' },
      },
      { kind: 'hosted', name: 'code_execution' },
      { kind: 'native', origin: 'responses', name: 'file_search' },
      { kind: 'native', origin: 'responses', name: 'mcp' },
    ]);
  });

  it.each([
    [{}, undefined],
    [{ effort: null }, undefined],
    [{ effort: 'none' }, { effort: 'none' }],
    [{ summary: 'auto' }, { shown: true }],
  ])('reasoning %j', (reasoning, thinking) => {
    expect(read({ reasoning }).thinking).toEqual(thinking);
  });

  it.each([
    ['auto', { kind: 'auto' }],
    ['none', { kind: 'none' }],
    ['required', { kind: 'required' }],
    [
      { type: 'function', name: 'f' },
      { kind: 'named', names: ['f'] },
    ],
    [
      { type: 'custom', name: 'f' },
      { kind: 'named', names: ['f'] },
    ],
    [
      { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] },
      { kind: 'named', names: ['f'] },
    ],
    [{ type: 'file_search' }, undefined],
  ])('tool_choice %j', (choice, toolChoice) => {
    expect(read({ tool_choice: choice }).toolChoice).toEqual(toolChoice);
  });

  it.each([
    [{ input: 7 }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: ['x'] }, 'input.0'],
    [{ input: [{ role: 'robot', content: 'x' }] }, 'input.0.role'],
    [{ input: [{ role: 'user', content: [{ type: 'input_magic' }] }] }, 'input.0.content.0.type'],
    [{ input: [{ type: 'function_call', name: 'f' }] }, 'input.0.call_id'],
    [{ input: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: '{' }] }, 'input.0.arguments'],
    [{ model: 7 }, 'model'],
    [{ tools: [{ type: 'function' }] }, 'tools.0.name'],
    [{ tool_choice: 'sometimes' }, 'tool_choice'],
    [{ text: { format: { type: 'xml' } } }, 'text.format.type'],
    [{ reasoning: { effort: 'vast' } }, 'reasoning.effort'],
    [{ max_output_tokens: 'many' }, 'max_output_tokens'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
  ])('%j is refused by the name of its field', (body, param) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'bad_body', param }));
  });
});
