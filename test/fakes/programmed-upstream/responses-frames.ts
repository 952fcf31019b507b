import type { Frames } from './frames.ts';
import type { Json } from './programmed-upstream.ts';
import { event, halves } from './sse-text.ts';

/** https://platform.openai.com/docs/api-reference/responses-streaming */
export function responsesFrames(whole: Json): Frames {
  const started = { ...whole, status: 'in_progress', output: [], usage: null };
  const begin: Json[] = [
    { type: 'response.created', response: started },
    { type: 'response.in_progress', response: started },
    ...(whole.output as Json[]).flatMap(itemEvents),
  ];
  const sequence_number = begin.length;
  const type = whole.status === 'incomplete' ? 'response.incomplete' : 'response.completed';
  const words = { code: 'server_error', message: 'The server had an error', param: null };
  return {
    begin: begin.map((one, at) => event({ ...one, sequence_number: at })),
    end: [event({ type, sequence_number, response: whole })],
    error: event({ type: 'error', sequence_number, ...words }),
  };
}

function itemEvents(item: Json, output_index: number): Json[] {
  const at = { output_index, item_id: item.id };
  return [
    { type: 'response.output_item.added', output_index, item: { ...item, ...emptyOf(item) } },
    ...insideOf(item, at),
    { type: 'response.output_item.done', output_index, item },
  ];
}

function emptyOf({ type }: Json): Json {
  if (type === 'message') return { status: 'in_progress', content: [] };
  if (type === 'function_call') return { status: 'in_progress', arguments: '' };
  return type === 'reasoning' ? { summary: [] } : { status: 'in_progress' };
}

function insideOf(item: Json, at: Json): Json[] {
  if (item.type === 'message') {
    return (item.content as Json[]).flatMap((part, content_index) =>
      partEvents(part, { ...at, content_index }),
    );
  }
  if (item.type === 'function_call') {
    const kind = 'response.function_call_arguments';
    return [
      ...halves(item.arguments).map((delta) => ({ type: `${kind}.delta`, ...at, delta })),
      { type: `${kind}.done`, ...at, name: item.name, arguments: item.arguments },
    ];
  }
  if (item.type !== 'reasoning') return [];
  return (item.summary as Json[]).flatMap((part, summary_index) =>
    summaryEvents(part, { ...at, summary_index }),
  );
}

function partEvents(part: Json, at: Json): Json[] {
  const field = part.type === 'refusal' ? 'refusal' : 'text';
  const kind = field === 'refusal' ? 'response.refusal' : 'response.output_text';
  const logprobs = field === 'text' && { logprobs: part.logprobs ?? [] };
  const empty = { ...part, [field]: '', ...(field === 'text' && { annotations: [], logprobs: [] }) };
  const notes = ((part.annotations as Json[] | undefined) ?? []).map((annotation, annotation_index) => ({
    type: 'response.output_text.annotation.added',
    ...at,
    annotation_index,
    annotation,
  }));
  return [
    { type: 'response.content_part.added', ...at, part: empty },
    ...halves(part[field]).map((delta, piece) => ({
      type: `${kind}.delta`,
      ...at,
      delta,
      ...(field === 'text' && { logprobs: piece === 0 ? (part.logprobs ?? []) : [] }),
    })),
    ...notes,
    { type: `${kind}.done`, ...at, [field]: part[field], ...logprobs },
    { type: 'response.content_part.done', ...at, part },
  ];
}

function summaryEvents(part: Json, at: Json): Json[] {
  const kind = 'response.reasoning_summary';
  return [
    { type: `${kind}_part.added`, ...at, part: { ...part, text: '' } },
    ...halves(part.text).map((delta) => ({ type: `${kind}_text.delta`, ...at, delta })),
    { type: `${kind}_text.done`, ...at, text: part.text },
    { type: `${kind}_part.done`, ...at, part },
  ];
}
