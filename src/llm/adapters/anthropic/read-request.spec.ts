import { describe, expect, it } from 'vitest';
import type { Fields } from '../../conversation/dialect.js';
import { Notes } from '../../conversation/notes.js';
import { anthropicCodec } from './codec.js';
import { overTheWire } from './sse.fixture.js';

const BODY = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
const FACTS = { model: undefined, stream: false };

const read = (more: Fields) => anthropicCodec.readRequest(overTheWire({ ...BODY, ...more }), FACTS);
const partsOf = (content: unknown, role = 'user') =>
  read({ messages: [{ role, content }] }).messages.flatMap(({ parts }) => parts);

/** What goes to Anthropic of what came in its own words. */
function again(more: Fields, model = 'claude-opus-4-6'): Fields {
  const written = anthropicCodec.writeRequest(read(more), { model, preset: 'anthropic', notes: new Notes() });
  return overTheWire(written.body);
}

const PNG = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };
const CACHE = { type: 'ephemeral', ttl: '1h' };

describe('blocks of a request', () => {
  it.each([
    [
      { type: 'text', text: 'a', cache_control: CACHE },
      { kind: 'text', text: 'a', cache: { ttl: 3600 } },
    ],
    [
      { type: 'image', source: PNG },
      {
        kind: 'media',
        media: 'image',
        mime: 'image/png',
        source: { kind: 'base64', data: 'iVBORw0KGgo=' },
      },
    ],
    [
      { type: 'image', source: { type: 'url', url: 'https://e.example/a' } },
      { kind: 'media', media: 'image', source: { kind: 'url', url: 'https://e.example/a' } },
    ],
    [
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
      { kind: 'media', media: 'image', source: { kind: 'file', origin: 'anthropic', id: 'file_1' } },
    ],
    [
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
        title: 'T',
        context: 'C',
        citations: { enabled: true },
      },
      {
        kind: 'media',
        media: 'document',
        mime: 'application/pdf',
        source: { kind: 'base64', data: 'JVBE' },
        name: 'T',
        extras: { anthropic: { context: 'C', citations: { enabled: true } } },
      },
    ],
    [
      { type: 'document', source: { type: 'url', url: 'https://e.example/a.pdf' } },
      {
        kind: 'media',
        media: 'document',
        mime: 'application/pdf',
        source: { kind: 'url', url: 'https://e.example/a.pdf' },
      },
    ],
    [
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
      { kind: 'media', media: 'document', mime: 'text/plain', source: { kind: 'text', text: 'words' } },
    ],
    [
      {
        type: 'tool_result',
        tool_use_id: 't1',
        is_error: true,
        content: [{ type: 'image', source: PNG }],
      },
      {
        kind: 'result',
        callId: 't1',
        isError: true,
        parts: [
          {
            kind: 'media',
            media: 'image',
            mime: 'image/png',
            source: { kind: 'base64', data: 'iVBORw0KGgo=' },
          },
        ],
      },
    ],
    [
      { type: 'container_upload', file_id: 'file_1' },
      { kind: 'native', origin: 'anthropic', value: { type: 'container_upload', file_id: 'file_1' } },
    ],
  ])('%j, and back', (block, part) => {
    expect(partsOf([block])).toEqual([part]);
    expect(again({ messages: [{ role: 'user', content: [block] }] }).messages).toEqual([
      { role: 'user', content: [block] },
    ]);
  });

  it('made of blocks are parts that every dialect has, and come back as they were', () => {
    const image = { type: 'image', source: PNG };
    const content = [
      {
        type: 'document',
        title: 'D',
        source: {
          type: 'content',
          content: [{ type: 'text', text: 'one' }, image, { type: 'text', text: 'two' }],
        },
      },
      {
        type: 'search_result',
        title: 'S',
        source: 'https://e.example',
        content: [{ type: 'text', text: 'found' }],
      },
    ];
    expect(partsOf(content)).toMatchObject([
      { kind: 'media', media: 'document', name: 'D', source: { kind: 'text', text: 'one\n\ntwo' } },
      { kind: 'media', media: 'image' },
      { kind: 'text', text: 'S (https://e.example)\nfound' },
    ]);
    expect(again({ messages: [{ role: 'user', content }] }).messages).toEqual([{ role: 'user', content }]);
  });

  it('of the assistant, and back', () => {
    const content = [
      { type: 'thinking', thinking: 'hm', signature: 'EqQB' },
      { type: 'redacted_thinking', data: 'Emwk' },
      { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'q' } },
      {
        type: 'text',
        text: 'a',
        citations: [
          {
            type: 'char_location',
            cited_text: 'c',
            document_index: 0,
            document_title: null,
            start_char_index: 0,
            end_char_index: 1,
          },
        ],
      },
      { type: 'tool_use', id: 't1', name: 'f', input: { id: 1 }, cache_control: { type: 'ephemeral' } },
    ];
    expect(partsOf(content, 'assistant')).toMatchObject([
      { kind: 'thought', text: 'hm', signature: { origin: 'anthropic', value: 'EqQB' } },
      { kind: 'thought', redacted: true, signature: { origin: 'anthropic', value: 'Emwk' } },
      { kind: 'native', origin: 'anthropic' },
      { kind: 'text', text: 'a', citations: [{ cited: 'c' }] },
      { kind: 'call', id: 't1', name: 'f', arguments: '{"id":1}', cache: {} },
    ]);
    const messages = [
      { role: 'assistant', content },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'x' }] }],
      },
    ];
    expect(again({ messages }).messages).toEqual(messages);
  });

  it('with results and words are two messages, results first', () => {
    const content = [
      { type: 'tool_result', tool_use_id: 't1', content: 'x' },
      { type: 'text', text: 'and?' },
    ];
    expect(read({ messages: [{ role: 'user', content }] }).messages).toMatchObject([
      { role: 'tool', parts: [{ kind: 'result', callId: 't1', parts: [{ kind: 'text', text: 'x' }] }] },
      { role: 'user', parts: [{ kind: 'text', text: 'and?' }] },
    ]);
  });
});

describe('a request as a whole', () => {
  it('comes back as it was', () => {
    const body = {
      system: [{ type: 'text', text: 'Be brief', cache_control: CACHE }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      tools: [
        { name: 'f', description: 'd', input_schema: { type: 'object' }, input_examples: [{}] },
        { type: 'web_search_20260209', name: 'web_search', max_uses: 3, blocked_domains: ['b.example'] },
        { type: 'bash_20250124', name: 'bash' },
      ],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: {
        effort: 'max',
        format: { type: 'json_schema', schema: { type: 'object', properties: {} } },
      },
      metadata: { user_id: 'u' },
      service_tier: 'auto',
      mcp_servers: [{ type: 'url', name: 'm', url: 'https://m.example' }],
      stop_sequences: ['END'],
      stream: true,
    };
    const expected = { ...body, model: 'claude-opus-4-6', max_tokens: 100 };
    expected.output_config.format.schema = {
      ...expected.output_config.format.schema,
      ...{ additionalProperties: false },
    };
    expect(again(body)).toEqual(expected);
  });

  it.each([
    [{ type: 'enabled', budget_tokens: 2000 }, undefined, { budget: 2000, shown: true }],
    [{ type: 'disabled' }, undefined, { budget: 0 }],
    [{ type: 'disabled' }, 'high', { budget: 0 }],
    [{ type: 'adaptive' }, 'low', { adaptive: true, effort: 'low' }],
    [{ type: 'adaptive', display: 'omitted' }, undefined, { adaptive: true, shown: false }],
    [{ type: 'between_tools' }, undefined, { effort: 'minimal' }],
    [undefined, 'xhigh', { effort: 'xhigh' }],
  ])('thinking %j with effort %s', (thinking, effort, expected) => {
    expect(read({ thinking, ...(effort && { output_config: { effort } }) }).thinking).toEqual(expected);
  });

  it.each<[string, Fields]>([
    ['model', { model: 7 }],
    ['messages', { messages: [] }],
    ['messages', { messages: 'Hi' }],
    ['messages.0', { messages: [null] }],
    ['messages.0.role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages.0.content', { messages: [{ role: 'user' }] }],
    ['messages.0.content.0', { messages: [{ role: 'user', content: ['x'] }] }],
    ['messages.0.content.0.type', { messages: [{ role: 'user', content: [{}] }] }],
    ['messages.0.content.0.text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages.0.content.0.source', { messages: [{ role: 'user', content: [{ type: 'image' }] }] }],
    [
      'messages.0.content.0.source.type',
      { messages: [{ role: 'user', content: [{ type: 'image', source: {} }] }] },
    ],
    [
      'messages.0.content.0.input',
      { messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'b', input: 1 }] }] },
    ],
    ['max_tokens', { max_tokens: null }],
    ['max_tokens', { max_tokens: 1.5 }],
    ['temperature', { temperature: 'hot' }],
    ['stop_sequences.0', { stop_sequences: [1] }],
    ['stream', { stream: 'yes' }],
    ['tools.0.name', { tools: [{ input_schema: {} }] }],
    ['tools.0.input_schema', { tools: [{ name: 'f' }] }],
    ['tool_choice.type', { tool_choice: { type: 'some' } }],
    ['tool_choice.name', { tool_choice: { type: 'tool' } }],
    ['thinking.type', { thinking: { type: 'hard' } }],
    ['thinking.budget_tokens', { thinking: { type: 'enabled' } }],
    ['output_config.effort', { output_config: { effort: 'huge' } }],
    ['output_config.format.type', { output_config: { format: { type: 'xml' } } }],
    ['metadata', { metadata: [] }],
  ])('%s is at fault in %j', (param, more) => {
    expect(() => read(more)).toThrow(expect.objectContaining({ code: 'bad_body', param }));
  });
});
