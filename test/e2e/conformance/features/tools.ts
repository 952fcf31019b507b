import type { Json } from '../../../fakes/programmed-upstream/programmed-upstream.ts';
import { told, toldCalls } from '../answers.ts';
import type { AskedFeature, PerDialect } from '../feature.ts';

const group = 'Tools';

/** With all that is easily lost. */
export const SCHEMA = {
  type: 'object',
  properties: {
    at: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }], description: 'When' },
    mode: { type: 'string', enum: ['a', 'b'] },
    tree: { $ref: '#/$defs/node' },
    rows: { type: 'array', items: { type: 'object', additionalProperties: { type: 'number' } } },
  },
  required: ['at'],
  additionalProperties: false,
  $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
};
export const CITY = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

/** Tools that take `schema`, as each dialect offers them. */
function offering(
  schema: Json,
  ...names: string[]
): Record<'chat' | 'responses' | 'anthropic' | 'gemini', Json> {
  const all = (one: (name: string) => Json) => names.map(one);
  return {
    chat: {
      tools: all((name) => ({
        type: 'function',
        function: { name, description: 'It does.', parameters: schema },
      })),
    },
    responses: {
      tools: all((name) => ({
        type: 'function',
        name,
        description: 'It does.',
        parameters: schema,
        strict: false,
      })),
    },
    anthropic: { tools: all((name) => ({ name, description: 'It does.', input_schema: schema })) },
    gemini: {
      tools: [
        {
          functionDeclarations: all((name) => ({
            name,
            description: 'It does.',
            parametersJsonSchema: schema,
          })),
        },
      ],
    },
  };
}

const FULL = offering(SCHEMA, 'plan');
const TWO = offering(CITY, 'weather', 'time');

/** The two tools, with a choice among them. */
function choosing(choices: PerDialect<Json>): PerDialect<Json> {
  return Object.fromEntries(
    Object.entries(choices).map(([dialect, fields]) => [
      dialect,
      { ...TWO[dialect as keyof typeof TWO], ...fields },
    ]),
  );
}

const mode = (name: string, more: Json = {}) => ({
  toolConfig: { functionCallingConfig: { mode: name, ...more } },
});

function choice(name: string, says: PerDialect<Json>, more: Partial<AskedFeature> = {}): AskedFeature {
  return { group, name, says: choosing(says), seen: says, ...more };
}

/** What a model answers that has to call. */
const OBEYED = toldCalls([{ id: 'call_1', name: 'time', args: { city: 'Rome' } }]);

function hosted(name: string, says: PerDialect<Json>, seen: PerDialect<Json> = says): AskedFeature {
  return { group: 'Tools of the provider', name, says, seen };
}

export const TOOLS: readonly AskedFeature[] = [
  { group, name: 'JSON Schema in full (anyOf, $ref, enum, null, nesting)', says: FULL, seen: FULL },
  {
    group,
    name: 'Google’s own kind of schema',
    near: 'JSON Schema that says the same',
    says: {
      gemini: {
        tools: [
          {
            functionDeclarations: [
              {
                name: 'plan',
                parameters: { type: 'OBJECT', properties: { city: { type: 'STRING', nullable: true } } },
              },
            ],
          },
        ],
      },
    },
    seen: {},
    mapped: offeringMatched({ type: 'object', properties: { city: { type: ['string', 'null'] } } }),
  },
  choice('choice: auto', {
    chat: { tool_choice: 'auto' },
    responses: { tool_choice: 'auto' },
    anthropic: { tool_choice: { type: 'auto' } },
    gemini: mode('AUTO'),
  }),
  choice('choice: none', {
    chat: { tool_choice: 'none' },
    responses: { tool_choice: 'none' },
    anthropic: { tool_choice: { type: 'none' } },
    gemini: mode('NONE'),
  }),
  choice(
    'choice: any of them',
    {
      chat: { tool_choice: 'required' },
      responses: { tool_choice: 'required' },
      anthropic: { tool_choice: { type: 'any' } },
      gemini: mode('ANY'),
    },
    OBEYED,
  ),
  choice(
    'choice: this one',
    {
      chat: { tool_choice: { type: 'function', function: { name: 'time' } } },
      responses: { tool_choice: { type: 'function', name: 'time' } },
      anthropic: { tool_choice: { type: 'tool', name: 'time' } },
      gemini: mode('ANY', { allowedFunctionNames: ['time'] }),
    },
    OBEYED,
  ),
  choice('one call at a time', {
    chat: { parallel_tool_calls: false },
    responses: { parallel_tool_calls: false },
    anthropic: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
  }),
  {
    group,
    name: 'tools of free text',
    says: {
      chat: { tools: [{ type: 'custom', custom: { name: 'run', description: 'Runs code.' } }] },
      responses: { tools: [{ type: 'custom', name: 'run', description: 'Runs code.' }] },
    },
    seen: { chat: { tools: [{ type: 'custom', custom: { name: 'run' } }] } },
  },
  hosted('web search', {
    chat: { web_search_options: {} },
    responses: { tools: [{ type: 'web_search' }] },
    anthropic: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    gemini: { tools: [{ googleSearch: {} }] },
  }),
  hosted(
    'code execution',
    {
      responses: { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] },
      anthropic: { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] },
      gemini: { tools: [{ codeExecution: {} }] },
    },
    {
      responses: { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] },
      anthropic: { tools: [{ name: 'code_execution' }] },
      gemini: { tools: [{ codeExecution: {} }] },
    },
  ),
  hosted(
    'pages by URL',
    {
      anthropic: { tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] },
      gemini: { tools: [{ urlContext: {} }] },
    },
    { anthropic: { tools: [{ name: 'web_fetch' }] }, gemini: { tools: [{ urlContext: {} }] } },
  ),
  hosted('tools that only one provider has', {
    responses: { tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] },
    anthropic: { tools: [{ type: 'bash_20250124', name: 'bash' }] },
    gemini: { tools: [{ googleMaps: { enableWidget: true } }] },
  }),
];

function offeringMatched(schema: Json): PerDialect<Json> {
  return {
    chat: { tools: [{ function: { parameters: schema } }] },
    responses: { tools: [{ parameters: schema }] },
    anthropic: { tools: [{ input_schema: schema }] },
  };
}

const output = (format: PerDialect<Json>): PerDialect<Json> => format;
export const ANSWER = {
  type: 'object',
  properties: { ok: { type: 'boolean' } },
  required: ['ok'],
  additionalProperties: false,
};

/** The SDKs read what is to be JSON. */
const ANSWERED = told('{"ok":true}');

export const OUTPUTS: readonly AskedFeature[] = [
  {
    group: 'Structured output',
    name: 'JSON Schema',
    ...ANSWERED,
    says: output({
      chat: {
        response_format: { type: 'json_schema', json_schema: { name: 'a', schema: ANSWER, strict: true } },
      },
      responses: { text: { format: { type: 'json_schema', name: 'a', schema: ANSWER, strict: true } } },
      anthropic: { output_config: { format: { type: 'json_schema', schema: ANSWER } } },
      gemini: { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: ANSWER } },
    }),
    seen: {
      chat: { response_format: { type: 'json_schema', json_schema: { schema: ANSWER } } },
      responses: { text: { format: { type: 'json_schema', schema: ANSWER } } },
      anthropic: { output_config: { format: { type: 'json_schema', schema: ANSWER } } },
      gemini: { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: ANSWER } },
    },
  },
  {
    group: 'Structured output',
    name: 'any JSON object',
    ...ANSWERED,
    says: output({
      chat: { response_format: { type: 'json_object' } },
      responses: { text: { format: { type: 'json_object' } } },
      gemini: { generationConfig: { responseMimeType: 'application/json' } },
    }),
    seen: {
      chat: { response_format: { type: 'json_object' } },
      responses: { text: { format: { type: 'json_object' } } },
      gemini: { generationConfig: { responseMimeType: 'application/json' } },
    },
    // It is asked for in words.
    mapped: { anthropic: { system: [{ type: 'text' }] } },
  },
];
