import { Complaint, json, list, readJson, text, type Asked, type Json, type Reply } from './exchange.ts';
import { answerTo, countTokens, idOf, pieces } from './words.ts';

const CREATED = 1_790_000_000;

interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export function chatCompletions(asked: Asked): Reply {
  const body = readJson(asked);
  const model = text(body, 'model');
  const messages = list(body, 'messages') as Json[];
  messages.forEach((message, index) => {
    if (typeof message.role !== 'string')
      throw new Complaint(
        400,
        `Missing required parameter: 'messages[${index}].role'.`,
        `messages[${index}].role`,
        'missing_required_parameter',
      );
  });
  const id = idOf('chatcmpl-', messages);
  const call = toolCallFor(body, messages);
  const answer = call ? '' : answerTo(messages.at(-1));
  const usage = usageOf(messages, call ? JSON.stringify(call) : answer);
  if (body.stream === true)
    return stream(
      body,
      { id, object: 'chat.completion.chunk', created: CREATED, model },
      answer,
      call,
      usage,
    );
  const message = call
    ? { role: 'assistant', content: null, refusal: null, tool_calls: [call] }
    : { role: 'assistant', content: answer, refusal: null, annotations: [] };
  const choice = { index: 0, message, logprobs: null, finish_reason: call ? 'tool_calls' : 'stop' };
  return json(
    {
      id,
      object: 'chat.completion',
      created: CREATED,
      model,
      choices: [choice],
      usage,
      service_tier: 'default',
      system_fingerprint: null,
    },
    usage.total_tokens,
    200,
    {
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-remaining-requests': '9999',
      'openai-processing-ms': '1',
    },
  );
}

/** A request with tools gets a call of the first one, until a tool has answered. */
function toolCallFor(body: Json, messages: readonly Json[]): ToolCall | undefined {
  if (!Array.isArray(body.tools) || messages.at(-1)?.role === 'tool') return undefined;
  const tool = (body.tools as Json[])[0]?.function as Json | undefined;
  if (typeof tool?.name !== 'string')
    throw new Complaint(
      400,
      "Missing required parameter: 'tools[0].function.name'.",
      'tools[0].function.name',
      'missing_required_parameter',
    );
  return {
    id: idOf('call_', messages),
    type: 'function',
    function: { name: tool.name, arguments: '{"city":"Paris"}' },
  };
}

function usageOf(question: unknown, answer: string) {
  const prompt_tokens = countTokens(question);
  const completion_tokens = countTokens(answer);
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function stream(
  body: Json,
  head: Json,
  answer: string,
  call: ToolCall | undefined,
  usage: ReturnType<typeof usageOf>,
): Reply {
  const withUsage = (body.stream_options as Json | undefined)?.include_usage === true;
  const chunk = (delta: Json, finish_reason: string | null = null): unknown => ({
    ...head,
    system_fingerprint: null,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    ...(withUsage ? { usage: null } : {}),
  });
  const events: unknown[] = [chunk({ role: 'assistant', content: call ? null : '', refusal: null })];
  if (call) {
    events.push(
      chunk({
        tool_calls: [
          { index: 0, id: call.id, type: 'function', function: { name: call.function.name, arguments: '' } },
        ],
      }),
    );
    for (const part of call.function.arguments.match(/.{1,6}/g) ?? [])
      events.push(chunk({ tool_calls: [{ index: 0, function: { arguments: part } }] }));
  } else {
    for (const piece of pieces(answer)) events.push(chunk({ content: piece }));
  }
  events.push(chunk({}, call ? 'tool_calls' : 'stop'));
  if (withUsage) events.push({ ...head, system_fingerprint: null, choices: [], usage });
  const frames = [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n'];
  return {
    answer: { kind: 'stream', type: 'text/event-stream; charset=utf-8', frames },
    tokens: usage.total_tokens,
  };
}

/** The older text completions: a prompt, no messages. */
export function completions(asked: Asked): Reply {
  const body = readJson(asked);
  const model = text(body, 'model');
  if (body.prompt === undefined)
    throw new Complaint(400, "Missing required parameter: 'prompt'.", 'prompt', 'missing_required_parameter');
  const answer = answerTo(body.prompt);
  const usage = usageOf(body.prompt, answer);
  const head = { id: idOf('cmpl-', body.prompt), object: 'text_completion', created: CREATED, model };
  const choice = (part: string, finish_reason: string | null) => ({
    text: part,
    index: 0,
    logprobs: null,
    finish_reason,
  });
  if (body.stream !== true)
    return json({ ...head, choices: [choice(answer, 'stop')], usage }, usage.total_tokens);
  const events = [...pieces(answer).map((piece) => choice(piece, null)), choice('', 'stop')].map((one) => ({
    ...head,
    choices: [one],
  }));
  const frames = [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n'];
  return { answer: { kind: 'stream', type: 'text/event-stream', frames }, tokens: usage.total_tokens };
}
