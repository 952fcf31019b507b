import type { Json, Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';

/**
 * What is said in a request, one line for each piece, in words that are the same for every dialect:
 * `user text Hi`, `assistant call weather {"city":"Paris"} #1`, `tool result #1 21 degrees`. Ids of calls are
 * numbered as they first come, so that a result which has lost its call shows.
 */
export function scriptOf(spoken: Spoken, body: Json): string[] {
  return linesOf(spoken, body).filter((line) => !/ text $/.test(line));
}

function linesOf(spoken: Spoken, body: Json): string[] {
  const ids = new Map<unknown, number>();
  const number = (id: unknown) => {
    if (!ids.has(id)) ids.set(id, ids.size + 1);
    return `#${ids.get(id)}`;
  };
  switch (spoken) {
    case 'chat':
      return (body.messages as Json[]).flatMap((message) => chatLines(message, number));
    case 'anthropic':
      return [
        ...blocks(body.system).map((block) => `system ${blockLine(block, number)}`),
        ...(body.messages as Json[]).flatMap(({ role, content }) =>
          blocks(content).map(
            (block) => `${block.type === 'tool_result' ? 'tool' : plain(role)} ${blockLine(block, number)}`,
          ),
        ),
      ];
    case 'gemini':
      return geminiLines(body);
    case 'responses':
      return [
        ...blocks(body.instructions).map(({ text }) => `system text ${plain(text)}`),
        ...itemsOf(body.input).flatMap((item) => itemLines(item, number)),
      ];
  }
}

const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

type Number = (id: unknown) => string;

const blocks = (content: unknown): Json[] =>
  content == null
    ? []
    : typeof content === 'string'
      ? [{ type: 'text', text: content }]
      : (content as Json[]);

/** Arguments in one spelling. */
const plainJson = (text: unknown) =>
  JSON.stringify(typeof text === 'string' ? JSON.parse(text || '{}') : text);

function chatLines(
  { role, name, content, tool_calls, tool_call_id, reasoning_content }: Json,
  number: Number,
): string[] {
  const who = `${plain(role)}${name === undefined ? '' : `(${plain(name)})`}`;
  if (role === 'tool') {
    return [
      `tool result ${number(tool_call_id)} ${blocks(content)
        .map(({ text }) => plain(text))
        .join('|')}`,
    ];
  }
  return [
    ...(reasoning_content ? [`${who} thought ${plain(reasoning_content)}`] : []),
    ...blocks(content).map((part) => `${who} ${chatPart(part)}`),
    ...((tool_calls as Json[] | undefined) ?? []).map(({ id, function: made }) => {
      const { name: tool, arguments: text } = made as Json;
      return `${who} call ${plain(tool)} ${plainJson(text)} ${number(id)}`;
    }),
  ];
}

function chatPart(part: Json): string {
  const { type, text, refusal, image_url, input_audio, file } = part as Record<string, Json & string>;
  if (type === 'text') return `text ${text}`;
  if (type === 'refusal') return `text ${refusal}`;
  if (type === 'image_url') return `image ${dataUrl(plain(image_url!.url))}`;
  if (type === 'input_audio') return `audio audio/${plain(input_audio!.format)} ${plain(input_audio!.data)}`;
  if (type !== 'file') return plain(type);
  return file!.file_id === undefined
    ? `document ${dataUrl(plain(file!.file_data))}`
    : `document file ${plain(file!.file_id)}`;
}

function dataUrl(url: string): string {
  const found = /^data:([^;]+);base64,(.*)$/s.exec(url);
  return found ? `${found[1]} ${found[2]}` : url;
}

function sourceLine(source: Json): string {
  if (source.type === 'base64') return `${plain(source.media_type)} ${plain(source.data)}`;
  if (source.type === 'text') return `text/plain ${Buffer.from(plain(source.data)).toString('base64')}`;
  return source.type === 'file' ? `file ${plain(source.file_id)}` : plain(source.url);
}

function blockLine(block: Json, number: Number): string {
  switch (block.type) {
    case 'text':
      return `text ${plain(block.text)}`;
    case 'image':
    case 'document':
      return `${block.type} ${sourceLine(block.source as Json)}`;
    case 'thinking':
      return `thought ${plain(block.thinking)} sig:${plain(block.signature)}`;
    case 'tool_use':
      return `call ${plain(block.name)} ${plainJson(block.input)} ${number(block.id)}`;
    case 'tool_result': {
      const inner = blocks(block.content).map((one) => blockLine(one, number).replace(/^text /, ''));
      return `result ${number(block.tool_use_id)} ${block.is_error ? 'failed: ' : ''}${inner.join('|')}`;
    }
    default:
      return plain(block.type);
  }
}

const itemsOf = (input: unknown): Json[] =>
  typeof input === 'string' ? [{ role: 'user', content: input }] : (input as Json[]);

function itemLines(item: Json, number: Number): string[] {
  switch (item.type) {
    case 'function_call':
      return [`assistant call ${plain(item.name)} ${plainJson(item.arguments)} ${number(item.call_id)}`];
    case 'function_call_output': {
      const said = blocks(item.output).map((part) => inputPart(part).replace(/^text /, ''));
      return [`tool result ${number(item.call_id)} ${said.join('|')}`];
    }
    case 'reasoning':
      return [`assistant thought ${plain(item.summary)} sig:${plain(item.encrypted_content)}`];
    default:
      return blocks(item.content).map((part) => `${plain(item.role)} ${inputPart(part)}`);
  }
}

function inputPart({ type, text, refusal, image_url, file_id, file_url, file_data }: Json): string {
  if (type === 'refusal') return `text ${plain(refusal)}`;
  if (text !== undefined) return `text ${plain(text)}`;
  const kind = type === 'input_image' ? 'image' : 'document';
  if (file_id !== undefined) return `${kind} file ${plain(file_id)}`;
  return `${kind} ${dataUrl(plain(image_url ?? file_url ?? file_data))}`;
}

/** Gemini before 3 has no ids: calls and results are matched by name and order. */
function geminiLines(body: Json): string[] {
  const calls: string[] = [];
  const results: string[] = [];
  const system = ((body.systemInstruction as Json | undefined)?.parts as Json[] | undefined) ?? [];
  return [
    ...system.map(({ text }) => `system text ${plain(text)}`),
    ...(body.contents as Json[]).flatMap(({ role, parts }) =>
      (parts as Json[]).map((part) => {
        const who = role === 'model' ? 'assistant' : 'user';
        const { functionCall: call, functionResponse: result } = part as Record<string, Json>;
        if (call) {
          calls.push(plain(call.name));
          return `assistant call ${plain(call.name)} ${JSON.stringify(call.args)} #${calls.length}`;
        }
        if (!result) return `${who} ${geminiPart(part)}`;
        results.push(plain(result.name));
        const nth = results.filter((name) => name === result.name).length;
        return `tool result #${nthIndex(calls, plain(result.name), nth) + 1} ${outcomeOf(result)}`;
      }),
    ),
  ];
}

function nthIndex(list: readonly string[], name: string, nth: number): number {
  let seen = 0;
  return list.findIndex((one) => one === name && ++seen === nth);
}

function outcomeOf({ response, parts }: Json): string {
  const { output, error, ...rest } = response as Json;
  const said =
    error !== undefined
      ? `failed: ${plain(error)}`
      : output !== undefined
        ? plain(output)
        : JSON.stringify(rest);
  return [...(said === '' ? [] : [said]), ...((parts as Json[] | undefined) ?? []).map(geminiPart)].join('|');
}

function geminiPart(part: Json): string {
  const { text, thought, thoughtSignature, inlineData, fileData } = part as Record<string, Json & string>;
  const signed = thoughtSignature === undefined ? '' : ` sig:${thoughtSignature}`;
  if (text !== undefined) return `${thought ? 'thought' : 'text'} ${text}${signed}`;
  const { mimeType, data, fileUri } = (inlineData ?? fileData ?? {}) as Json;
  const [kind = ''] = plain(mimeType).split('/');
  const media = /^(?:image|audio|video)$/.test(kind) ? kind : 'document';
  if (data !== undefined) return `${media} ${plain(mimeType)} ${plain(data)}`;
  return `${media} ${/\/files\//.test(plain(fileUri)) ? 'file ' : ''}${plain(fileUri)}`;
}
