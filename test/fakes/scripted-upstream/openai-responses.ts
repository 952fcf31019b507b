import { Complaint, json, readJson, text, type Asked, type Json, type Reply } from './exchange.ts';
import { answerTo, countTokens, idOf, pieces } from './words.ts';

/** `POST /v1/responses`: the newer OpenAI protocol, with its numbered, named events. */
export function responses(asked: Asked): Reply {
  const body = readJson(asked);
  const model = text(body, 'model');
  if (body.input === undefined)
    throw new Complaint(400, "Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
  const inputs = Array.isArray(body.input) ? (body.input as Json[]) : [{ role: 'user', content: body.input }];
  const calls = wantsCall(body, inputs);
  const answer = calls ? '' : answerTo(inputs.at(-1));
  const item = calls ? functionCall(body, inputs) : message(inputs, answer);
  const input_tokens = countTokens(inputs);
  const output_tokens = countTokens(item);
  const usage = {
    input_tokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input_tokens + output_tokens,
  };
  const head = response(inputs, model);
  const done = { ...head, status: 'completed', output: [item], usage };
  if (body.stream !== true) return json(done, usage.total_tokens);
  const events = [
    { type: 'response.created', response: head },
    { type: 'response.in_progress', response: head },
    ...(calls ? callEvents(item) : textEvents(item, answer)),
    { type: 'response.completed', response: done },
  ];
  const frames = events.map(
    (event, sequence_number) =>
      `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`,
  );
  return {
    answer: { kind: 'stream', type: 'text/event-stream; charset=utf-8', frames },
    tokens: usage.total_tokens,
  };
}

function response(inputs: unknown, model: string): Json {
  return {
    id: idOf('resp_', inputs),
    object: 'response',
    created_at: 1_790_000_000,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: true,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: null,
    user: null,
    metadata: {},
  };
}

function wantsCall(body: Json, inputs: readonly Json[]): boolean {
  return Array.isArray(body.tools) && body.tools.length > 0 && inputs.at(-1)?.type !== 'function_call_output';
}

function functionCall(body: Json, inputs: unknown): Json {
  const name = (body.tools as Json[])[0]?.name;
  if (typeof name !== 'string')
    throw new Complaint(
      400,
      "Missing required parameter: 'tools[0].name'.",
      'tools[0].name',
      'missing_required_parameter',
    );
  return {
    id: idOf('fc_', inputs),
    type: 'function_call',
    status: 'completed',
    arguments: '{"city":"Paris"}',
    call_id: idOf('call_', inputs),
    name,
  };
}

function message(inputs: unknown, answer: string): Json {
  const content = [{ type: 'output_text', text: answer, annotations: [], logprobs: [] }];
  return { id: idOf('msg_', inputs), type: 'message', status: 'completed', role: 'assistant', content };
}

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

function textEvents(item: Json, answer: string): Event[] {
  const at = { item_id: item.id, output_index: 0, content_index: 0 };
  const empty = { type: 'output_text', text: '', annotations: [], logprobs: [] };
  return [
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...at, part: empty },
    ...pieces(answer).map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text: answer, logprobs: [] },
    { type: 'response.content_part.done', ...at, part: { ...empty, text: answer } },
    { type: 'response.output_item.done', output_index: 0, item },
  ];
}

function callEvents(item: Json): Event[] {
  const at = { item_id: item.id, output_index: 0 };
  return [
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', arguments: '' },
    },
    { type: 'response.function_call_arguments.delta', ...at, delta: item.arguments },
    { type: 'response.function_call_arguments.done', ...at, name: item.name, arguments: item.arguments },
    { type: 'response.output_item.done', output_index: 0, item },
  ];
}
