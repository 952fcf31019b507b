import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../conversation/conversation.js';
import { Notes } from '../../conversation/notes.js';
import type { Part } from '../../conversation/parts.js';
import { readRequest } from './read-request.js';
import { bodyOf, plain } from './responses.fixture.js';
import { writeRequest } from './write-request.js';

function write(said: Partial<Conversation>, model = 'gpt-6') {
  const notes = new Notes();
  const { body } = writeRequest({ ...plain, ...said }, { model, preset: 'openai', notes });
  return { body, warnings: notes.warnings };
}

const assistant = (...parts: Part[]): Partial<Conversation> => ({ messages: [{ role: 'assistant', parts }] });

describe('a request to Responses', () => {
  it('of the same dialect comes back as it was', () => {
    const body = bodyOf('request.json');
    const notes = new Notes();
    const said = readRequest(body, { model: undefined, stream: false });
    const written = writeRequest(said, { model: 'gpt-6', preset: 'openai', notes }).body;
    const { input, instructions: _instructions, ...rest } = body;
    const { input: writtenInput, ...writtenRest } = written;
    expect(writtenRest).toEqual(rest);
    const types = (items: unknown) =>
      (items as { type?: string; role?: string }[]).map(({ type, role }) =>
        role === undefined ? type : role,
      );
    // The instructions of two origins are items.
    expect(types(writtenInput)).toEqual(['system', ...types(input)]);
    expect(notes.warnings).toEqual([]);
  });

  it('stores nothing at the provider, and asks for thoughts encrypted', () => {
    expect(write({}).body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] });
    expect(write({}, 'gpt-4o').body).not.toHaveProperty('include');
  });

  it('gives back what OpenAI has signed, and nothing that another has', () => {
    const own: Part = { kind: 'thought', text: 'x', signature: { origin: 'responses', value: 'rs_1#enc' } };
    const foreign: Part = { kind: 'thought', text: 'x', signature: { origin: 'anthropic', value: 'sig' } };
    const call: Part = { kind: 'call', id: 'c', name: 'f', arguments: '{}' };
    expect(write(assistant(own, call)).body.input).toEqual([
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'x' }],
        encrypted_content: 'enc',
      },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    ]);
    const { body, warnings } = write(assistant(foreign, call));
    expect(body.input).toEqual([{ type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }]);
    expect(warnings).toEqual(['dropped:thoughts']);
  });

  it('tells what was answered as strings: parts of an answer belong to messages with an id', () => {
    const parts: Part[] = ['One', '', 'Two'].map((text) => ({ kind: 'text', text }));
    expect(write(assistant(...parts)).body.input).toEqual([
      { role: 'assistant', content: 'One' },
      { role: 'assistant', content: 'Two' },
    ]);
  });

  it('tells of a failed tool in its output, and of free text by its own items', () => {
    const { body } = write({
      messages: [
        { role: 'assistant', parts: [{ kind: 'call', id: 'c', name: 'f', arguments: 'x', freeform: true }] },
        {
          role: 'tool',
          parts: [{ kind: 'result', callId: 'c', isError: true, parts: [{ kind: 'text', text: 'no' }] }],
        },
      ],
    });
    expect(body.input).toEqual([
      { type: 'custom_tool_call', call_id: 'c', name: 'f', input: 'x' },
      { type: 'custom_tool_call_output', call_id: 'c', output: 'Error: no' },
    ]);
  });

  it('shortens ids that are too long, the same way for calls and results', () => {
    const id = 'x'.repeat(100);
    const { body } = write({
      messages: [
        { role: 'assistant', parts: [{ kind: 'call', id, name: 'f', arguments: '' }] },
        { role: 'tool', parts: [{ kind: 'result', callId: id, parts: [] }] },
      ],
    });
    const [call, output] = body.input as { call_id: string }[];
    expect(call!.call_id.length).toBeLessThanOrEqual(64);
    expect(output!.call_id).toBe(call!.call_id);
  });

  it.each([
    [{ sampling: { stop: ['x'] } }, 'stop'],
    [{ sampling: { candidates: 2 } }, 'n'],
    [{ modalities: ['audio'] }, 'modalities'],
    [{ tools: [{ kind: 'hosted', name: 'url_context' }] }, 'tools'],
    [{ tools: [{ kind: 'native', origin: 'gemini', name: 'googleMaps', value: {} }] }, 'tools'],
    [{ extras: { gemini: { cachedContent: 'cachedContents/x' } } }, 'cachedContent'],
  ] as [Partial<Conversation>, string][])('%j is refused by name', (said, param) => {
    expect(() => write(said)).toThrow(expect.objectContaining({ code: 'untranslatable', param }));
  });

  it.each([
    [
      { sampling: { seed: 1, topK: 2, presencePenalty: 1 } },
      ['dropped:top_k', 'dropped:seed', 'dropped:presence_penalty'],
    ],
    [{ sampling: { maxTokens: 5 } }, ['raised:max_output_tokens']],
    [{ extras: { anthropic: { service_tier: 'auto' } } }, ['dropped:service_tier']],
  ] as [Partial<Conversation>, string[]][])('%j is harmless, and told', (said, warnings) => {
    expect(write(said).warnings).toEqual(warnings);
  });

  it.each([
    [{ effort: 'low' }, 'gpt-6', { effort: 'low' }],
    [{ budget: 2000 }, 'gpt-6', { effort: 'low', summary: 'auto' }],
    [{ adaptive: true, shown: false }, 'gpt-6', undefined],
    [{ budget: 0 }, 'o3', { effort: 'low' }],
    [{ effort: 'none' }, 'gpt-5', { effort: 'minimal' }],
    [{ effort: 'high' }, 'gpt-4o', undefined],
  ] as const)('thinking %j of %s', (thinking, model, reasoning) => {
    expect(write({ thinking }, model).body.reasoning).toEqual(reasoning);
  });
});
