import type { Json } from '../../fakes/programmed-upstream/programmed-upstream.ts';

/* Whole answers, put together of what SDKs hand out piece by piece. */

/** Of chunks, one after the other. */
export function fromChunks(events: readonly Json[]): Json {
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

const JOINED = new Set([
  'content',
  'reasoning_content',
  'reasoning',
  'refusal',
  'arguments',
  'data',
  'transcript',
]);

function addDelta(message: Json, delta: Json): void {
  for (const [name, value] of Object.entries(delta)) {
    const before = message[name];
    if (JOINED.has(name) && typeof value === 'string') message[name] = ((before as string) ?? '') + value;
    else if (name === 'tool_calls') {
      const calls = (message.tool_calls ??= []) as Json[];
      for (const { index, ...call } of value as (Json & { index: number })[])
        addDelta((calls[index] ??= {}), call);
    } else if (name === 'function' || name === 'audio')
      addDelta((message[name] ??= {}) as Json, value as Json);
    else if (Array.isArray(value))
      message[name] = [...((before as unknown[]) ?? []), ...(value as unknown[])];
    else message[name] = value;
  }
}

/** Of answers to `streamGenerateContent`, for which Google's SDK has no gathering. */
export function fromGemini(events: readonly Json[]): Json {
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
