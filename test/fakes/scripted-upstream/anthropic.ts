import {
  Complaint,
  json,
  list,
  readJson,
  text,
  type Asked,
  type Json,
  type Operation,
  type Reply,
} from './exchange.ts';
import { answerTo, countTokens, idOf, pieces } from './words.ts';

export const ANTHROPIC_MODELS = ['claude-sonnet-4-5', 'claude-haiku-4-5'];

const modelCard = (id: string) => ({
  type: 'model',
  id,
  display_name: id,
  created_at: '2026-01-01T00:00:00Z',
});

export const ANTHROPIC: readonly Operation[] = [
  { name: 'messages', method: 'POST', path: /^\/v1\/messages$/, run: messages },
  { name: 'count_tokens', method: 'POST', path: /^\/v1\/messages\/count_tokens$/, run: count },
  {
    name: 'models',
    method: 'GET',
    path: /^\/v1\/models$/,
    run: () =>
      json({
        data: ANTHROPIC_MODELS.map(modelCard),
        has_more: false,
        first_id: ANTHROPIC_MODELS[0],
        last_id: ANTHROPIC_MODELS.at(-1),
      }),
  },
  {
    name: 'model',
    method: 'GET',
    path: /^\/v1\/models\/([^/:]+)$/,
    run: (_asked, [id]) => oneModel(decodeURIComponent(id ?? '')),
  },
];

function oneModel(id: string): Reply {
  if (!ANTHROPIC_MODELS.includes(id)) throw new Complaint(404, `model: ${id}`);
  return json(modelCard(id));
}

function count(asked: Asked): Reply {
  const body = readJson(asked);
  text(body, 'model');
  return json({ input_tokens: countTokens(list(body, 'messages')) });
}

function messages(asked: Asked): Reply {
  const body = readJson(asked);
  const model = text(body, 'model');
  if (typeof body.max_tokens !== 'number') throw new Complaint(400, 'max_tokens: Field required');
  const asks = list(body, 'messages') as Json[];
  const content = contentFor(body, asks);
  const usage = {
    input_tokens: countTokens(asks),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: countTokens(content),
    service_tier: 'standard',
  };
  const stop_reason = content.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn';
  const head = { id: idOf('msg_', asks), type: 'message', role: 'assistant', model };
  const tokens = usage.input_tokens + usage.output_tokens;
  if (body.stream !== true)
    return json({ ...head, content, stop_reason, stop_sequence: null, usage }, tokens, 200, {
      'anthropic-ratelimit-requests-remaining': '49',
    });
  const started = {
    ...head,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usage, output_tokens: 1 },
  };
  const events: Event[] = [
    { type: 'message_start', message: started },
    ...content.flatMap(blockEvents),
    {
      type: 'message_delta',
      delta: { stop_reason, stop_sequence: null },
      usage: { output_tokens: usage.output_tokens },
    },
    { type: 'message_stop' },
  ];
  events.splice(2, 0, { type: 'ping' });
  const frames = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return { answer: { kind: 'stream', type: 'text/event-stream; charset=utf-8', frames }, tokens };
}

/** Thinking when asked for, then a tool's call until one has answered, else text. */
function contentFor(body: Json, asks: readonly Json[]): Block[] {
  const blocks: Block[] = [];
  if ((body.thinking as Json | undefined)?.type === 'enabled')
    blocks.push({ type: 'thinking', thinking: 'Let me think.', signature: 'c2lnbmF0dXJl' });
  const last = asks.at(-1)?.content;
  const answered = Array.isArray(last) && (last as Json[]).some((block) => block.type === 'tool_result');
  const tool = Array.isArray(body.tools) && !answered ? (body.tools as Json[])[0] : undefined;
  if (tool && typeof tool.name !== 'string') throw new Complaint(400, 'tools.0.name: Field required');
  blocks.push(
    tool
      ? { type: 'tool_use', id: idOf('toolu_', asks), name: tool.name, input: { city: 'Paris' } }
      : { type: 'text', text: answerTo(asks.at(-1)) },
  );
  return blocks;
}

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

type Block = Event;

function blockEvents(block: Block, index: number): Event[] {
  const stop = { type: 'content_block_stop', index };
  const delta = (value: Json): Event => ({ type: 'content_block_delta', index, delta: value });
  const start = (empty: Json): Event => ({
    type: 'content_block_start',
    index,
    content_block: { ...block, ...empty },
  });
  if (block.type === 'text')
    return [
      start({ text: '' }),
      ...pieces(String(block.text)).map((part) => delta({ type: 'text_delta', text: part })),
      stop,
    ];
  if (block.type === 'thinking') {
    const thought = delta({ type: 'thinking_delta', thinking: block.thinking });
    return [
      start({ thinking: '', signature: '' }),
      thought,
      delta({ type: 'signature_delta', signature: block.signature }),
      stop,
    ];
  }
  const parts = JSON.stringify(block.input).match(/.{1,6}/g) ?? [];
  return [
    start({ input: {} }),
    ...parts.map((partial_json) => delta({ type: 'input_json_delta', partial_json })),
    stop,
  ];
}
