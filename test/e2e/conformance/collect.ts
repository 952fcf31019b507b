import { createParser } from 'eventsource-parser';
import type { Json, Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';

/** The whole answer that a client makes of a stream. @throws Error where the stream tells of a failure or has no end */
export function collect(spoken: Spoken, stream: string): Json {
  const events: Json[] = [];
  let done = false;
  const parser = createParser({
    onEvent: ({ data }) => {
      if (data === '[DONE]') done = true;
      else events.push(JSON.parse(data) as Json);
    },
  });
  parser.feed(stream);
  const failed = events.find(({ error, type }) => error !== undefined && type !== 'response.created');
  if (failed) throw new Error(`error in the stream: ${JSON.stringify(failed)}`);
  switch (spoken) {
    case 'chat':
      if (!done) throw new Error('no [DONE]');
      return fromChunks(events);
    case 'responses':
      return fromResponses(events);
    case 'anthropic':
      return fromMessage(events);
    case 'gemini':
      return fromGemini(events);
  }
}

function fromChunks(events: readonly Json[]): Json {
  const choices: Json[] = [];
  let usage: unknown;
  for (const event of events) {
    usage = event.usage ?? usage;
    for (const { index, delta, ...rest } of event.choices as (Json & { index: number })[]) {
      const choice = (choices[index] ??= { index, message: {} });
      addDelta(choice.message as Json, delta as Json);
      for (const [name, value] of Object.entries(rest)) if (value !== null) choice[name] = value;
    }
  }
  const { id, model, created } = events[0]!;
  return { id, model, created, object: 'chat.completion', choices, usage };
}

const JOINED = new Set(['content', 'reasoning_content', 'reasoning', 'refusal', 'arguments']);

function addDelta(message: Json, delta: Json): void {
  for (const [name, value] of Object.entries(delta)) {
    const before = message[name];
    if (JOINED.has(name) && typeof value === 'string') message[name] = ((before as string) ?? '') + value;
    else if (name === 'tool_calls') {
      const calls = (message.tool_calls ??= []) as Json[];
      for (const { index, ...call } of value as (Json & { index: number })[])
        addDelta((calls[index] ??= {}), call);
    } else if (name === 'function') addDelta((message.function ??= {}) as Json, value as Json);
    else if (Array.isArray(value))
      message[name] = [...((before as unknown[]) ?? []), ...(value as unknown[])];
    else message[name] = value;
  }
}

function fromResponses(events: readonly Json[]): Json {
  const numbers = events.map(({ sequence_number }) => sequence_number);
  if (numbers.some((number, index) => number !== index)) throw new Error('sequence_number has holes');
  const last = events.at(-1)!;
  if (last.type !== 'response.completed' && last.type !== 'response.incomplete') {
    throw new Error(`the stream ends by ${String(last.type)}`);
  }
  const told = events
    .map((event) => (event.type === 'response.output_text.delta' ? String(event.delta) : ''))
    .join('');
  const whole = JSON.stringify(last.response);
  if (told !== '' && !whole.includes(JSON.stringify(told).slice(1, 20)))
    throw new Error('deltas differ from the whole');
  return last.response as Json;
}

function fromMessage(events: readonly Json[]): Json {
  const message = events[0]!.message as Json;
  const content: Json[] = [];
  const texts: string[] = [];
  for (const event of events) {
    const index = event.index as number;
    if (event.type === 'content_block_start') {
      content[index] = event.content_block as Json;
      texts[index] = '';
    } else if (event.type === 'content_block_delta')
      addBlockDelta(content[index]!, event.delta as Json, texts, index);
    else if (event.type === 'content_block_stop' && texts[index] !== '') {
      content[index]!.input = JSON.parse(texts[index]!) as unknown;
    } else if (event.type === 'message_delta') {
      Object.assign(message, event.delta);
      message.usage = { ...(message.usage as Json), ...(event.usage as Json) };
    }
  }
  if (events.at(-1)!.type !== 'message_stop') throw new Error('no message_stop');
  return { ...message, content };
}

function addBlockDelta(block: Json, delta: Json, texts: string[], index: number): void {
  if (typeof delta.text === 'string') block.text = ((block.text as string) ?? '') + delta.text;
  if (typeof delta.thinking === 'string')
    block.thinking = ((block.thinking as string) ?? '') + delta.thinking;
  if (delta.signature !== undefined) block.signature = delta.signature;
  if (delta.citation) block.citations = [...((block.citations as unknown[]) ?? []), delta.citation];
  if (typeof delta.partial_json === 'string') texts[index] += delta.partial_json;
}

function fromGemini(events: readonly Json[]): Json {
  const whole: Json = {};
  const candidates: Json[] = [];
  for (const event of events) {
    Object.assign(whole, event);
    for (const { index = 0, content, ...rest } of (event.candidates as Json[] | undefined) ?? []) {
      const candidate = (candidates[index as number] ??= { index, content: { role: 'model', parts: [] } });
      Object.assign(candidate, rest);
      for (const part of ((content as Json | undefined)?.parts as Json[] | undefined) ?? [])
        addPart(candidate, part);
    }
  }
  if (candidates.some(({ finishReason }) => finishReason === undefined)) throw new Error('no finishReason');
  return { ...whole, ...(candidates.length > 0 && { candidates }) };
}

function addPart(candidate: Json, part: Json): void {
  const parts = (candidate.content as Json).parts as Json[];
  const last = parts.at(-1);
  if (part.text === '' && part.thoughtSignature === undefined) return;
  const joins =
    typeof part.text === 'string' && typeof last?.text === 'string' && part.thought === last.thought;
  if (joins && last.thoughtSignature === undefined) {
    Object.assign(last, part, { text: String(last.text) + String(part.text) });
  } else parts.push({ ...part });
}
