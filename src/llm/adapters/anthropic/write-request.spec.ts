import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../conversation/conversation.js';
import type { Part } from '../../conversation/parts.js';
import type { FunctionTool, ToolChoice } from '../../conversation/tools.js';
import { ASKED, TOOL, write } from './written.fixture.js';

const OTHER: FunctionTool = { ...TOOL, name: 'g' };

describe('max_tokens', () => {
  it.each([
    ['claude-opus-4-8', 128_000],
    ['claude-sonnet-4-20250514', 64_000],
    ['claude-opus-4-20250514', 32_000],
    ['claude-3-5-haiku-latest', 8192],
    ['claude-3-haiku-20240307', 4096],
    ['kimi-k2', 8192],
  ])('%s: %i where the caller gave none', (model, most) => {
    expect(write({ sampling: {} }, model).body.max_tokens).toBe(most);
  });
});

describe('thinking', () => {
  const BUDGET = 'claude-sonnet-4-5';
  const BOTH = 'claude-opus-4-6';
  const ADAPTIVE = 'claude-opus-4-8';
  const ALWAYS = 'claude-opus-5-5';
  const on = (budget: number) => ({ type: 'enabled', budget_tokens: budget });
  const adaptive = { type: 'adaptive', display: 'summarized' };

  it.each([
    [BUDGET, { effort: 'low' }, on(1024), undefined, []],
    [BUDGET, { effort: 'medium' }, on(8192), undefined, []],
    [BUDGET, { effort: 'high' }, on(7500), undefined, ['lowered:thinking_budget']],
    [BUDGET, { budget: 2000 }, on(2000), undefined, []],
    [BUDGET, { budget: 100 }, on(1024), undefined, []],
    [BUDGET, { budget: -1 }, on(8192), undefined, []],
    [BUDGET, { adaptive: true }, on(8192), undefined, []],
    [BUDGET, { effort: 'none' }, { type: 'disabled' }, undefined, []],
    [BOTH, { budget: 2000 }, on(2000), undefined, []],
    [BOTH, { effort: 'xhigh' }, adaptive, 'high', ['effort:high']],
    [ADAPTIVE, { effort: 'xhigh' }, adaptive, 'xhigh', []],
    [ADAPTIVE, { effort: 'minimal' }, adaptive, 'low', ['effort:low']],
    [ADAPTIVE, { budget: 2000 }, adaptive, 'low', ['thinking:adaptive']],
    [ADAPTIVE, { adaptive: true, shown: false }, { type: 'adaptive', display: 'omitted' }, undefined, []],
    [ADAPTIVE, { budget: 0 }, { type: 'disabled' }, undefined, []],
    [ALWAYS, { effort: 'none' }, undefined, 'low', ['thinking:cannot_be_off']],
    [
      'claude-sonnet-5-5',
      { effort: 'none' },
      { type: 'between_tools' },
      undefined,
      ['thinking:cannot_be_off'],
    ],
    ['claude-3-5-sonnet-latest', { effort: 'high' }, undefined, undefined, ['dropped:thinking']],
  ] as const)('%s %j', (model, thinking, config, effort, notes) => {
    const written = write({ thinking }, model);
    expect(written.body.thinking).toEqual(config);
    expect(written.body.output_config?.effort).toBe(effort);
    expect(written.notes).toEqual(notes);
  });

  it('fits beside the answer, whatever room there is', () => {
    expect(write({ thinking: { effort: 'max' }, sampling: {} }).body).toMatchObject({
      max_tokens: 73_728,
      thinking: on(65_536),
    });
    expect(write({ thinking: { effort: 'high' }, sampling: { maxTokens: 1025 } }).body.thinking).toEqual(
      on(1024),
    );
    const small = write({ thinking: { effort: 'high' }, sampling: { maxTokens: 500 } });
    expect(small.body.thinking).toEqual({ type: 'disabled' });
    expect(small.notes).toEqual(['thinking_off:max_tokens']);
  });

  it('gives way to a forced call, and to a loop of calls that nobody has signed', () => {
    const forced = write({ thinking: { effort: 'low' }, tools: [TOOL], toolChoice: { kind: 'required' } });
    expect(forced.body.thinking).toEqual({ type: 'disabled' });
    expect(forced.notes).toEqual(['thinking_off:forced_tool']);
    const call: Part = { kind: 'call', id: 'c', name: 'f', arguments: '{}' };
    const loop = (parts: readonly Part[]): Partial<Conversation> => ({
      thinking: { effort: 'low' },
      messages: [
        ...ASKED.messages,
        { role: 'assistant', parts },
        { role: 'tool', parts: [{ kind: 'result', callId: 'c', parts: [{ kind: 'text', text: '1' }] }] },
      ],
    });
    const thought = (origin: 'gemini' | 'anthropic'): Part => ({
      kind: 'thought',
      text: 'hm',
      signature: { origin, value: 's' },
    });
    const unsigned = write(loop([thought('gemini'), call]));
    expect(unsigned.body.thinking).toEqual({ type: 'disabled' });
    expect(unsigned.notes).toEqual(['dropped:thoughts', 'thinking_off:no_signature']);
    expect(write(loop([thought('anthropic'), call])).body.thinking).toEqual(on(1024));
    expect(write(loop([call]), ADAPTIVE).body.thinking).toEqual(adaptive);
  });

  it('refuses a forced call where the model does', () => {
    const forced = { tools: [TOOL], toolChoice: { kind: 'required' } as const };
    expect(() => write(forced, ALWAYS)).toThrow('cannot be made to call');
  });
});

describe('sampling', () => {
  it('keeps temperature and top_p where the model takes both', () => {
    const sampling = { temperature: 0.2, topP: 0.5 };
    expect(write({ sampling }, 'claude-3-7-sonnet-latest').body).toMatchObject({
      temperature: 0.2,
      top_p: 0.5,
    });
    expect(write({ sampling }, 'kimi-k2').notes).toEqual([]);
  });

  it.each([
    [{ temperature: 1.5 }, {}, { temperature: 1 }, ['clamped:temperature']],
    [{ temperature: 0.2, topP: 0.5 }, {}, { temperature: 0.2 }, ['dropped:top_p']],
    [{ topP: 0.5, topK: 4 }, {}, { top_p: 0.5, top_k: 4 }, []],
    [
      { temperature: 0.2, topK: 4, topP: 0.5 },
      { thinking: { effort: 'low' } },
      { top_p: 0.95 },
      ['dropped:temperature', 'dropped:top_k', 'raised:top_p'],
    ],
    [{ stop: ['\n', 'END'] }, {}, { stop_sequences: ['END'] }, ['dropped:stop']],
    [{ stop: [' '] }, {}, {}, ['dropped:stop']],
    [
      { seed: 1, presencePenalty: 1, frequencyPenalty: 0 },
      {},
      {},
      ['dropped:seed', 'dropped:presence_penalty'],
    ],
  ] as const)('%j', (sampling, more, expected, notes) => {
    const written = write({ sampling: { maxTokens: 10_000, ...sampling }, ...more });
    const { temperature, top_p, top_k, stop_sequences } = written.body;
    expect(JSON.parse(JSON.stringify({ temperature, top_p, top_k, stop_sequences }))).toEqual(expected);
    expect(written.notes).toEqual(notes);
  });

  it('is left out for models that take none', () => {
    const { body, notes } = write({ sampling: { temperature: 0, topP: 1, topK: 2 } }, 'claude-opus-4-7');
    expect(Object.keys(body)).toEqual(['model', 'max_tokens', 'messages']);
    expect(notes).toEqual(['dropped:temperature', 'dropped:top_p', 'dropped:top_k']);
  });

  it.each([
    [{ candidates: 2 }, 'one answer'],
    [{ logprobs: true }, 'log probabilities'],
  ])('refuses %j', (sampling, words) => {
    expect(() => write({ sampling })).toThrow(words);
  });
});

describe('tools', () => {
  it.each<[ToolChoice | undefined, boolean | undefined, unknown, number]>([
    [undefined, undefined, undefined, 2],
    [undefined, false, { type: 'auto', disable_parallel_tool_use: true }, 2],
    [{ kind: 'auto' }, true, { type: 'auto', disable_parallel_tool_use: false }, 2],
    [{ kind: 'none' }, false, { type: 'none' }, 2],
    [{ kind: 'required' }, undefined, { type: 'any' }, 2],
    [{ kind: 'named', names: ['f'] }, undefined, { type: 'tool', name: 'f' }, 2],
    [{ kind: 'named', names: ['f', 'x'] }, undefined, { type: 'any' }, 1],
    [{ kind: 'named', names: ['f'], optional: true }, undefined, { type: 'auto' }, 1],
  ])('%j, parallel: %s', (toolChoice, parallelCalls, expected, count) => {
    const { body, notes } = write({ tools: [TOOL, OTHER], toolChoice, parallelCalls });
    expect(body.tool_choice).toEqual(expected);
    expect(body.tools).toHaveLength(count);
    expect(notes).toEqual(count === 2 ? [] : ['filtered:tools']);
  });

  it('guarantees arguments within its grammar, and tells the rest in words', () => {
    const parameters = {
      type: 'object',
      properties: { n: { type: 'integer', minimum: 1, description: 'How many' } },
      required: ['n'],
    };
    const { body, notes } = write({ tools: [{ ...TOOL, parameters, strict: true }] });
    expect(body.tools[0]).toEqual({
      name: 'f',
      strict: true,
      input_schema: {
        ...parameters,
        properties: { n: { type: 'integer', description: 'How many\n\n{minimum: 1}' } },
        additionalProperties: false,
      },
    });
    expect(notes).toEqual(['schema:relaxed']);
    expect(write({ tools: [{ ...TOOL, parameters }] }).body.tools[0]!.input_schema).toEqual(parameters);
    expect(write({ tools: [{ ...TOOL, parameters, strict: true }] }, 'claude-opus-4-0').notes).toEqual([
      'dropped:strict',
    ]);
  });

  it('that Anthropic runs itself', () => {
    const { body } = write({
      tools: [
        {
          kind: 'hosted',
          name: 'web_search',
          allowedDomains: ['a.example'],
          maxUses: 2,
          location: { city: 'Linz' },
        },
        { kind: 'hosted', name: 'url_context' },
        { kind: 'hosted', name: 'code_execution' },
      ],
    });
    expect(body.tools).toEqual([
      {
        type: 'web_search_20250305',
        name: 'web_search',
        allowed_domains: ['a.example'],
        max_uses: 2,
        user_location: { type: 'approximate', city: 'Linz' },
      },
      { type: 'web_fetch_20250910', name: 'web_fetch' },
      { type: 'code_execution_20250825', name: 'code_execution' },
    ]);
  });

  it('of others are refused by name', () => {
    const native = { kind: 'native', origin: 'responses', name: 'file_search', value: {} } as const;
    expect(() => write({ tools: [native] })).toThrow('file_search');
    expect(() => write({ tools: [{ ...TOOL, freeform: true }] })).toThrow('free text');
  });
});

describe('structured output', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
  const open = { type: 'object', additionalProperties: { type: 'number' } };

  it('by a schema that it guarantees, or by words', () => {
    expect(write({ output: { kind: 'schema', schema, strict: true } }).body.output_config).toEqual({
      format: { type: 'json_schema', schema: { ...schema, additionalProperties: false } },
    });
    const words = write({ output: { kind: 'json' } });
    expect(words.body.system[0]!.text).toContain('JSON object');
    expect(words.notes).toEqual(['instructed:json']);
    for (const [one, model] of [
      [open, 'claude-sonnet-4-5'],
      [schema, 'claude-3-7-sonnet-latest'],
    ] as const) {
      const asked = write({ output: { kind: 'schema', schema: one } }, model);
      expect(asked.body.system[0]!.text).toContain(JSON.stringify(one));
      expect(asked.notes).toEqual(['instructed:schema']);
      expect(() => write({ output: { kind: 'schema', schema: one, strict: true } }, model)).toThrow(
        'guarantee',
      );
    }
  });

  it('leaves out a user whom Anthropic would refuse for the length of the name', () => {
    expect(write({ user: 'u'.repeat(256) }).body.metadata).toEqual({ user_id: 'u'.repeat(256) });
    const { body, notes } = write({ user: 'u'.repeat(257) });
    expect([body.metadata, notes]).toEqual([undefined, ['dropped:user']]);
  });
});
