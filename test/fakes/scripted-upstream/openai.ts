import {
  Complaint,
  json,
  readForm,
  readJson,
  text,
  type Asked,
  type Operation,
  type Reply,
} from './exchange.ts';
import { chatCompletions, completions } from './openai-chat.ts';
import { responses } from './openai-responses.ts';
import { PIXEL } from './pixel.ts';
import { answerTo, countTokens, vectorOf } from './words.ts';

export const OPENAI_MODELS = [
  'gpt-4o',
  'gpt-4o-mini',
  'text-embedding-3-small',
  'gpt-image-1',
  'tts-1',
  'whisper-1',
  'omni-moderation-latest',
];

const CREATED = 1_790_000_000;
const modelCard = (id: string) => ({ id, object: 'model', created: CREATED, owned_by: 'scripted' });

/** Everything of OpenAI's API that the gateway passes on. */
export const OPENAI: readonly Operation[] = [
  { name: 'chat', method: 'POST', path: /^\/v1\/chat\/completions$/, run: chatCompletions },
  { name: 'responses', method: 'POST', path: /^\/v1\/responses$/, run: responses },
  { name: 'completions', method: 'POST', path: /^\/v1\/completions$/, run: completions },
  { name: 'embeddings', method: 'POST', path: /^\/v1\/embeddings$/, run: embeddings },
  { name: 'image-generation', method: 'POST', path: /^\/v1\/images\/generations$/, run: imageGeneration },
  { name: 'image-edit', method: 'POST', path: /^\/v1\/images\/edits$/, run: imageEdit },
  { name: 'speech', method: 'POST', path: /^\/v1\/audio\/speech$/, run: speech },
  {
    name: 'transcription',
    method: 'POST',
    path: /^\/v1\/audio\/(?:transcriptions|translations)$/,
    run: transcription,
  },
  { name: 'moderations', method: 'POST', path: /^\/v1\/moderations$/, run: moderations },
  {
    name: 'models',
    method: 'GET',
    path: /^\/v1\/models$/,
    run: () => json({ object: 'list', data: OPENAI_MODELS.map(modelCard) }),
  },
  {
    name: 'model',
    method: 'GET',
    path: /^\/v1\/models\/([^/:]+)$/,
    run: (_asked, [id]) => oneModel(decodeURIComponent(id ?? '')),
  },
];

function oneModel(id: string): Reply {
  if (!OPENAI_MODELS.includes(id))
    throw new Complaint(
      404,
      `The model '${id}' does not exist or you do not have access to it.`,
      'model',
      'model_not_found',
    );
  return json(modelCard(id));
}

function embeddings(asked: Asked): Reply {
  const body = readJson(asked);
  const model = text(body, 'model');
  if (body.input === undefined)
    throw new Complaint(400, "Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
  const inputs: unknown[] = Array.isArray(body.input) ? body.input : [body.input];
  const vectors = inputs.map((input) =>
    vectorOf(input, typeof body.dimensions === 'number' ? body.dimensions : 8),
  );
  const written = (vector: number[]) =>
    body.encoding_format === 'base64'
      ? Buffer.from(new Float32Array(vector).buffer).toString('base64')
      : vector;
  const prompt_tokens = countTokens(inputs);
  const data = vectors.map((vector, index) => ({ object: 'embedding', index, embedding: written(vector) }));
  return json(
    { object: 'list', data, model, usage: { prompt_tokens, total_tokens: prompt_tokens } },
    prompt_tokens,
  );
}

function imageGeneration(asked: Asked): Reply {
  const body = readJson(asked);
  text(body, 'prompt');
  return json(
    {
      created: CREATED,
      data: [{ b64_json: PIXEL.toString('base64') }],
      usage: { input_tokens: 5, output_tokens: 10, total_tokens: 15 },
    },
    15,
  );
}

async function imageEdit(asked: Asked): Promise<Reply> {
  const form = await readForm(asked);
  const images = [...form.getAll('image'), ...form.getAll('image[]')];
  const image = images[0];
  if (!(image instanceof File))
    throw new Complaint(400, "Missing required parameter: 'image'.", 'image', 'missing_required_parameter');
  if (!form.get('prompt'))
    throw new Complaint(400, "Missing required parameter: 'prompt'.", 'prompt', 'missing_required_parameter');
  return json(
    { created: CREATED, data: [{ b64_json: Buffer.from(await image.arrayBuffer()).toString('base64') }] },
    15,
  );
}

function speech(asked: Asked): Reply {
  const body = readJson(asked);
  text(body, 'model');
  text(body, 'voice');
  const input = text(body, 'input');
  // Not sound, but bytes that no text codec leaves unharmed.
  const bytes = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7 + input.length) % 256));
  return { answer: { kind: 'bytes', status: 200, type: 'audio/mpeg', bytes }, tokens: countTokens(input) };
}

async function transcription(asked: Asked): Promise<Reply> {
  const form = await readForm(asked);
  const file = form.get('file');
  if (!(file instanceof File))
    throw new Complaint(400, "Missing required parameter: 'file'.", 'file', 'missing_required_parameter');
  if (!form.get('model'))
    throw new Complaint(400, "Missing required parameter: 'model'.", 'model', 'missing_required_parameter');
  return json(
    {
      text: `${file.name} ${file.size} bytes`,
      usage: { type: 'tokens', input_tokens: 10, output_tokens: 5, total_tokens: 15 },
    },
    15,
  );
}

function moderations(asked: Asked): Reply {
  const body = readJson(asked);
  if (body.input === undefined)
    throw new Complaint(400, "Missing required parameter: 'input'.", 'input', 'missing_required_parameter');
  const flagged = /violence/.test(answerTo(body.input));
  const result = {
    flagged,
    categories: { violence: flagged },
    category_scores: { violence: flagged ? 0.9 : 0 },
    category_applied_input_types: { violence: ['text'] },
  };
  return json({ id: 'modr-1', model: 'omni-moderation-latest', results: [result] });
}
