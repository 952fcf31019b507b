import type { Json, Spoken } from './programmed-upstream.ts';
import { responsesFrames } from './responses-frames.ts';
import { data, event, halves } from './sse-text.ts';

/** A stream in three pieces: the answer, what ends it properly, and an error in its place. */
export interface Frames {
  readonly begin: readonly string[];
  readonly end: readonly string[];
  readonly error: string;
}

/** The stream that says the same as a whole answer, as the provider would send it. */
export function framesOf(spoken: Spoken, whole: Json, request: Json): Frames {
  switch (spoken) {
    case 'chat':
      return chatFrames(whole, request);
    case 'responses':
      return responsesFrames(whole);
    case 'anthropic':
      return anthropicFrames(whole);
    case 'gemini':
      return geminiFrames(whole);
  }
}

function chatFrames(whole: Json, request: Json): Frames {
  const { id, created, model, usage } = whole;
  const head = { id, object: 'chat.completion.chunk', created, model };
  const begin: string[] = [];
  const ends: string[] = [];
  for (const { index, message, finish_reason, logprobs } of whole.choices as Json[]) {
    const said = message as Json;
    const chunk = (delta: Json, more: Json = {}) =>
      data({ ...head, choices: [{ index, delta, finish_reason: null, ...more }] });
    begin.push(chunk({ role: 'assistant', content: '' }));
    const pieces = (field: string) => halves(said[field]).map((piece) => ({ [field]: piece }));
    const calls = ((said.tool_calls as Json[] | undefined) ?? []).flatMap(
      ({ function: made, ...call }, at) => [
        { tool_calls: [{ index: at, ...call, function: { ...(made as Json), arguments: '' } }] },
        ...halves((made as Json).arguments).map((piece) => ({
          tool_calls: [{ index: at, function: { arguments: piece } }],
        })),
      ],
    );
    begin.push(
      ...[...pieces('reasoning_content'), ...pieces('content'), ...pieces('refusal'), ...calls].map((delta) =>
        chunk(delta),
      ),
    );
    begin.push(...audioPieces(said.audio as Json | undefined).map((audio) => chunk({ audio })));
    if (said.annotations) begin.push(chunk({ annotations: said.annotations }));
    ends.push(
      data({ ...head, choices: [{ index, delta: {}, finish_reason, ...(logprobs ? { logprobs } : {}) }] }),
    );
  }
  const counted = (request.stream_options as Json | undefined)?.include_usage === true;
  if (counted) ends.push(data({ ...head, choices: [], usage }));
  const error = data({ error: { message: 'The server had an error', type: 'server_error', code: null } });
  return { begin, end: [...ends, 'data: [DONE]\n\n'], error };
}

/** Its id comes first, its expiry last. https://platform.openai.com/docs/guides/audio */
function audioPieces(audio: Json | undefined): Json[] {
  if (!audio) return [];
  const { id, data: sound, transcript, expires_at } = audio;
  const half = String(sound).slice(0, 4 * Math.ceil(String(sound).length / 8));
  return [{ id, transcript }, { data: half }, { data: String(sound).slice(half.length) }, { expires_at }];
}

function anthropicFrames(whole: Json): Frames {
  const { content, stop_reason, stop_sequence, usage, ...head } = whole;
  const started = {
    ...head,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...(usage as Json), output_tokens: 1 },
  };
  const begin = [
    event({ type: 'message_start', message: started }),
    event({ type: 'ping' }),
    ...(content as Json[]).flatMap(blockFrames),
  ];
  const end = [
    event({ type: 'message_delta', delta: { stop_reason, stop_sequence }, usage }),
    event({ type: 'message_stop' }),
  ];
  const error = event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
  return { begin, end, error };
}

function blockFrames(block: Json, index: number): string[] {
  const start = (empty: Json) =>
    event({ type: 'content_block_start', index, content_block: { ...block, ...empty } });
  const delta = (value: Json) => event({ type: 'content_block_delta', index, delta: value });
  const stop = event({ type: 'content_block_stop', index });
  switch (block.type) {
    case 'text':
      return [
        start({ text: '', citations: undefined }),
        ...halves(block.text).map((text) => delta({ type: 'text_delta', text })),
        ...((block.citations as Json[] | undefined) ?? []).map((citation) =>
          delta({ type: 'citations_delta', citation }),
        ),
        stop,
      ];
    case 'thinking':
      return [
        start({ thinking: '', signature: '' }),
        ...halves(block.thinking).map((thinking) => delta({ type: 'thinking_delta', thinking })),
        delta({ type: 'signature_delta', signature: block.signature }),
        stop,
      ];
    case 'tool_use':
      return [
        start({ input: {} }),
        ...halves(JSON.stringify(block.input)).map((partial_json) =>
          delta({ type: 'input_json_delta', partial_json }),
        ),
        stop,
      ];
    default:
      return [start({}), stop];
  }
}

function geminiFrames(whole: Json): Frames {
  const { candidates = [], usageMetadata, ...head } = whole;
  // Gemini counts in every event.
  const counted = { promptTokenCount: (usageMetadata as Json).promptTokenCount };
  const begin: string[] = [];
  const lasts: Json[] = [];
  for (const candidate of candidates as Json[]) {
    const { content, index, ...rest } = candidate;
    const parts = ((content as Json | undefined)?.parts as Json[] | undefined) ?? [];
    for (const part of parts.flatMap(partPieces)) {
      begin.push(
        data({
          ...head,
          candidates: [{ index, content: { role: 'model', parts: [part] } }],
          usageMetadata: counted,
        }),
      );
    }
    lasts.push({ index, ...rest });
  }
  const end = [data({ ...head, ...(lasts.length > 0 && { candidates: lasts }), usageMetadata })];
  const error = data({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } });
  return { begin, end, error };
}

/** A text comes in two parts; its signature with the last. */
function partPieces(part: Json): Json[] {
  const pieces = halves(part.text);
  if (pieces.length < 2) return [part];
  const { thoughtSignature, ...rest } = part;
  return pieces.map((text, at) => ({
    ...rest,
    text,
    ...(at === pieces.length - 1 && thoughtSignature !== undefined && { thoughtSignature }),
  }));
}
