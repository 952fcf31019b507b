import { jsonSchema, stepCountIs, tool, type JSONSchema7 } from 'ai';
import { expect } from 'vitest';
import type { Json, Spoken } from '../../../fakes/programmed-upstream/programmed-upstream.ts';
import { anthropic, chat, gemini, responses } from '../answers.ts';
import { callAi } from '../ai-measure.ts';
import type { AiAsk } from '../ai-sdk.ts';
import { type Finding, type ProvenFeature, type UpstreamName } from '../feature.ts';
import { type Bench } from '../bench.ts';
import { call, type Cell } from '../call.ts';
import { lost, matching } from '../outcomes.ts';
import { scriptOf } from '../script.ts';

const group = 'Tool loops';
const MODELS: Readonly<Record<UpstreamName, string>> = {
  openai: 'gpt-4.1',
  'openai-chat': 'gpt-4.1',
  'openai-responses': 'gpt-5.1',
  anthropic: 'claude-haiku-4-5',
  gemini: 'gemini-3-flash-preview',
  'vertex-express': 'gemini-3-flash-preview',
};

/** What the model thinks and calls in one round, with its provider's signature. */
function answerOfRound(round: number, signed: boolean): Partial<Record<Spoken, Json>> {
  const args = { round };
  const signature = signatureOf(round);
  const call_id = `call_${round}`;
  return {
    chat: chat(
      {
        content: null,
        tool_calls: [
          { id: call_id, type: 'function', function: { name: 'step', arguments: JSON.stringify(args) } },
        ],
      },
      'tool_calls',
    ),
    responses: responses([
      ...(signed
        ? [
            {
              type: 'reasoning',
              summary: [{ type: 'summary_text', text: `Thought ${round}.` }],
              encrypted_content: signature,
            },
          ]
        : []),
      { type: 'function_call', call_id, name: 'step', arguments: JSON.stringify(args) },
    ]),
    anthropic: anthropic(
      [
        ...(signed ? [{ type: 'thinking', thinking: `Thought ${round}.`, signature }] : []),
        { type: 'tool_use', id: `toolu_${round}`, name: 'step', input: args },
      ],
      'tool_use',
    ),
    gemini: gemini([
      ...(signed ? [{ text: `Thought ${round}.`, thought: true }] : []),
      {
        functionCall: { name: 'step', args, id: `g${round}` },
        ...(signed && { thoughtSignature: signature }),
      },
    ]),
  };
}

const signatureOf = (round: number) => Buffer.from(`signature of round ${round}`).toString('base64');

const STEP = { type: 'object', properties: { round: { type: 'number' } } };

/** How an app offers the tool, asks for thoughts, and answers a call: in its SDK's standard fields only. */
const APPS: Readonly<
  Record<Spoken, { readonly begin: Json; answer(said: Json, got: Json, result: string): Json }>
> = {
  chat: {
    begin: {
      messages: [{ role: 'user', content: 'Go' }],
      tools: [{ type: 'function', function: { name: 'step', parameters: STEP } }],
    },
    answer(said, got, content) {
      const { role, content: text = null, tool_calls } = (got.choices as Json[])[0]!.message as Json;
      const calls = (tool_calls as Json[]).map(({ id, type, function: made }) => {
        const { name, arguments: args } = made as Json;
        return { id, type, function: { name, arguments: args } };
      });
      const results = calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content }));
      return {
        ...said,
        messages: [...(said.messages as Json[]), { role, content: text, tool_calls: calls }, ...results],
      };
    },
  },
  responses: {
    begin: {
      input: [{ role: 'user', content: 'Go' }],
      store: false,
      include: ['reasoning.encrypted_content'],
      tools: [{ type: 'function', name: 'step', parameters: STEP, strict: false }],
    },
    answer(said, got, output) {
      // The SDK reads arguments for the app, who keeps that to itself.
      const items = (got.output as Json[]).map(({ parsed_arguments: _, ...item }) => item);
      const results = items
        .filter(({ type }) => type === 'function_call')
        .map(({ call_id }) => ({ type: 'function_call_output', call_id, output }));
      return { ...said, input: [...(said.input as Json[]), ...items, ...results] };
    },
  },
  anthropic: {
    begin: {
      max_tokens: 8000,
      messages: [{ role: 'user', content: 'Go' }],
      tools: [{ name: 'step', input_schema: STEP }],
    },
    answer(said, { content }, result) {
      const results = (content as Json[])
        .filter(({ type }) => type === 'tool_use')
        .map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: result }));
      const turn = [
        { role: 'assistant', content },
        { role: 'user', content: results },
      ];
      return { ...said, messages: [...(said.messages as Json[]), ...turn] };
    },
  },
  gemini: {
    begin: {
      contents: [{ role: 'user', parts: [{ text: 'Go' }] }],
      tools: [{ functionDeclarations: [{ name: 'step', parametersJsonSchema: STEP }] }],
    },
    answer(said, got, output) {
      const content = (got.candidates as Json[])[0]!.content as Json;
      const parts = (content.parts as Json[])
        .filter(({ functionCall }) => functionCall !== undefined)
        .map(({ functionCall }) => {
          const { id, name } = functionCall as Json;
          return { functionResponse: { ...(id !== undefined && { id }), name, response: { output } } };
        });
      return { ...said, contents: [...(said.contents as Json[]), content, { role: 'user', parts }] };
    },
  },
};

/** What asks for thoughts with signatures. */
const THINKING: Readonly<Record<Spoken, Json>> = {
  chat: { reasoning_effort: 'low' },
  responses: { reasoning: { effort: 'low', summary: 'auto' } },
  anthropic: { thinking: { type: 'enabled', budget_tokens: 2048 } },
  gemini: { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingLevel: 'LOW' } } },
};

const AI_THINKING = {
  openai: { reasoningEffort: 'low', reasoningSummary: 'auto', forceReasoning: true, store: false },
  anthropic: { thinking: { type: 'enabled', budgetTokens: 2048 } },
  google: { thinkingConfig: { includeThoughts: true } },
};

const ROUNDS = 3;

type LastHeard = { readonly spoken: Spoken; readonly body: Json } | string;

/** Runs the loop, and answers what the upstream hears in the round after the last. */
async function loop(bench: Bench, cell: Cell, signed: boolean): Promise<LastHeard> {
  const { name } = cell.caller;
  let said: Json = { ...APPS[name].begin, ...(signed && THINKING[name]) };
  for (let round = 1; round <= ROUNDS + 1; round++) {
    bench.upstream.next({ answers: round <= ROUNDS ? answerOfRound(round, signed) : {} });
    const { status, text, answer, thrown } = await call(bench, cell, said, { model: MODELS[cell.upstream] });
    if (!answer) return `round ${round}: ${status} ${text} ${String(thrown)}`;
    if (round <= ROUNDS) said = APPS[name].answer(said, answer, `result ${round}`);
  }
  return bench.upstream.received.at(-1)!;
}

/** The same by the AI SDK, which runs the tool itself and keeps what it has to give back. */
async function aiLoop(bench: Bench, cell: Cell, signed: boolean): Promise<LastHeard> {
  let round = 0;
  const before = () => {
    round++;
    bench.upstream.next({ answers: round <= ROUNDS ? answerOfRound(round, signed) : {} });
  };
  const step = tool({
    inputSchema: jsonSchema<{ round: number }>(STEP as JSONSchema7),
    execute: (input) => `result ${input.round}`,
  });
  const says: AiAsk = {
    messages: [{ role: 'user', content: 'Go' }],
    tools: { step },
    stopWhen: stepCountIs(ROUNDS + 1),
    ...(signed && { providerOptions: AI_THINKING }),
  };
  const { answer, text, thrown } = await callAi(bench, cell, says, { model: MODELS[cell.upstream], before });
  return answer ? bench.upstream.received.at(-1)! : `round ${round}: ${text} ${String(thrown)}`;
}

const rounds = [1, 2, 3];

/** Both ways have to come to the same. */
async function inLoops(
  bench: Bench,
  cell: Cell,
  signed: boolean,
  faultOf: (spoken: Spoken, body: Json) => string | undefined,
): Promise<Finding> {
  for (const run of [loop, aiLoop]) {
    const last = await run(bench, cell, signed);
    if (typeof last === 'string') return { outcome: lost(run.name, last) };
    // Chat Completions carry no signatures.
    if (signed && last.spoken === 'chat') return { outcome: '–' };
    const fault = faultOf(last.spoken, last.body);
    if (fault !== undefined) return { outcome: lost(run.name, fault, JSON.stringify(last.body)) };
  }
  return { outcome: 'kept', ai: true };
}

export const LOOPS: readonly ProvenFeature[] = [
  {
    group,
    name: 'three rounds, each result with its call',
    run: (bench, cell) =>
      inLoops(bench, cell, false, (spoken, body) => {
        const wanted = rounds.flatMap((round) => [
          `assistant call step {"round":${round}} #${round}`,
          // Google's provider of the AI SDK puts results into an object.
          expect.stringMatching(`^tool result #${round} .*result ${round}`) as string,
        ]);
        return matching(scriptOf(spoken, body), ['user text Go', ...wanted]);
      }),
  },
  {
    group,
    name: 'signatures of thoughts (Gemini 3, Claude, OpenAI), through standard fields alone',
    run: (bench, cell) =>
      inLoops(bench, cell, true, (spoken, body) => {
        const missing = rounds.filter((round) => !isSigned(spoken, body, round));
        return missing.length === 0 ? undefined : `rounds without: ${missing.join()}`;
      }),
  },
];

/** Whether the call of a round goes back with the signature it came with, in the place where its provider wants it. */
function isSigned(spoken: Spoken, body: Json, round: number): boolean {
  const signature = signatureOf(round);
  if (spoken === 'gemini') {
    return (body.contents as { parts: Json[] }[]).some(({ parts }) =>
      parts.some(
        (part) =>
          part.thoughtSignature === signature && (part.functionCall as Json | undefined)?.name === 'step',
      ),
    );
  }
  if (spoken === 'responses') {
    const items = body.input as Json[];
    const at = items.findIndex(({ encrypted_content }) => encrypted_content === signature);
    return items[at + 1]?.type === 'function_call' && items[at]?.type === 'reasoning';
  }
  return (body.messages as { content: Json[] }[]).some(
    ({ content }) =>
      content[0]?.type === 'thinking' &&
      content[0].signature === signature &&
      content[0].thinking === `Thought ${round}.` &&
      content[1]?.type === 'tool_use',
  );
}
