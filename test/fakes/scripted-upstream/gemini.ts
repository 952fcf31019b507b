import {
  Complaint,
  json,
  list,
  readJson,
  type Asked,
  type Json,
  type Operation,
  type Reply,
} from './exchange.ts';
import { MEDIA_MODELS, mediaParts, predict } from './gemini-media.ts';
import { GeminiStore } from './gemini-store.ts';
import { answerTo, countTokens, idOf, pieces, vectorOf } from './words.ts';

export const GEMINI_MODELS = ['gemini-2.5-flash', 'gemini-2.5-pro', 'gemini-embedding-001'];

const METHODS = [
  'generateContent',
  'streamGenerateContent',
  'countTokens',
  'embedContent',
  'batchEmbedContents',
];

const modelCard = (id: string) => ({
  name: `models/${id}`,
  version: '001',
  displayName: id,
  inputTokenLimit: 1_048_576,
  outputTokenLimit: 65_536,
  supportedGenerationMethods: METHODS,
});

/** Everything of the Gemini API that the gateway passes on; `v1`, `v1beta` and `v1alpha` alike. */
export function geminiOperations(store: GeminiStore): readonly Operation[] {
  const model = (method: string) => new RegExp(`^/v1(?:beta|alpha)?/models/([^/:]+):${method}$`);
  return [
    {
      name: 'generateContent',
      method: 'POST',
      path: model('generateContent'),
      run: (asked, [id]) => generate(store, asked, known(id)),
    },
    {
      name: 'streamGenerateContent',
      method: 'POST',
      path: model('streamGenerateContent'),
      run: (asked, [id]) => generate(store, asked, known(id), true),
    },
    {
      name: 'countTokens',
      method: 'POST',
      path: model('countTokens'),
      run: countContents,
    },
    {
      name: 'embedContent',
      method: 'POST',
      path: model('embedContent'),
      run: (asked) => embedOne(readJson(asked)),
    },
    { name: 'predict', method: 'POST', path: model('predict'), run: predict },
    { name: 'batchEmbedContents', method: 'POST', path: model('batchEmbedContents'), run: embedMany },
    {
      name: 'models',
      method: 'GET',
      path: /^\/v1(?:beta|alpha)?\/models$/,
      run: () => json({ models: GEMINI_MODELS.map(modelCard) }),
    },
    {
      name: 'model',
      method: 'GET',
      path: /^\/v1(?:beta|alpha)?\/models\/([^/:]+)$/,
      run: (_asked, [id]) => json(modelCard(known(id))),
    },
    ...store.operations(),
  ];
}

function known(id = ''): string {
  const name = decodeURIComponent(id);
  if (!GEMINI_MODELS.includes(name) && !MEDIA_MODELS.includes(name))
    throw new Complaint(
      404,
      `models/${name} is not found for API version v1beta, or is not supported for generateContent.`,
    );
  return name;
}

function generate(store: GeminiStore, asked: Asked, model: string, streamed = false): Reply {
  const body = readJson(asked);
  const contents = list(body, 'contents') as Json[];
  if (contents.some(({ role }) => role !== undefined && role !== 'user' && role !== 'model')) {
    throw new Complaint(400, 'Please use a valid role: user, model.');
  }
  store.assertReachable(asked.group, body);
  const parts = mediaParts(body, contents) ?? answerParts(body, contents);
  const promptTokenCount = countTokens(contents);
  const candidatesTokenCount = countTokens(parts);
  const usageMetadata = {
    promptTokenCount,
    candidatesTokenCount,
    totalTokenCount: promptTokenCount + candidatesTokenCount,
  };
  const responseId = idOf('', contents);
  const piece = (part: Json, last: boolean): Json => ({
    candidates: [
      { content: { parts: [part], role: 'model' }, index: 0, ...(last ? { finishReason: 'STOP' } : {}) },
    ],
    usageMetadata: last ? usageMetadata : { promptTokenCount, totalTokenCount: promptTokenCount },
    modelVersion: model,
    responseId,
  });
  if (!streamed) {
    const candidate = { content: { parts, role: 'model' }, finishReason: 'STOP', index: 0 };
    return json(
      { candidates: [candidate], usageMetadata, modelVersion: model, responseId },
      usageMetadata.totalTokenCount,
    );
  }
  const small = parts.flatMap((part) =>
    typeof part.text === 'string' ? pieces(part.text).map((text) => ({ ...part, text })) : [part],
  );
  const events = small.map((part, index) => piece(part, index === small.length - 1));
  return { answer: written(events, asked.query.get('alt') === 'sse'), tokens: usageMetadata.totalTokenCount };
}

/** Server-sent events, or one JSON array that grows, which is what the API does without `alt=sse`. */
function written(events: readonly Json[], sse: boolean) {
  if (sse) {
    return {
      kind: 'stream' as const,
      type: 'text/event-stream',
      frames: events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`),
    };
  }
  const frames = events.map(
    (event, index) => `${index === 0 ? '[' : ',\r\n'}${JSON.stringify(event, null, 2)}`,
  );
  return { kind: 'stream' as const, type: 'application/json; charset=UTF-8', frames: [...frames, '\n]'] };
}

/** A request with tools gets a call of the first one, with a thought signature, until a tool has answered. */
function answerParts(body: Json, contents: readonly Json[]): Json[] {
  const last = (contents.at(-1)?.parts ?? []) as Json[];
  const declared = ((body.tools as Json[] | undefined)?.[0]?.functionDeclarations as Json[] | undefined)?.[0];
  if (declared && !last.some((part) => part.functionResponse)) {
    return [
      { functionCall: { name: declared.name, args: { city: 'Paris' } }, thoughtSignature: 'c2lnbmF0dXJl' },
    ];
  }
  return [{ text: answerTo(last) }];
}

/** Contents alone, or a whole request, but not both. */
function countContents(asked: Asked): Reply {
  const body = readJson(asked);
  const whole = body.generateContentRequest as Json | undefined;
  if (whole && typeof whole.model !== 'string')
    throw new Complaint(400, 'generateContentRequest.model is required');
  return json({ totalTokens: countTokens(list(whole ?? body, 'contents')) });
}

const counted = (value: unknown) => ({ promptTokenCount: countTokens(value) });

function dimensionsOf({ outputDimensionality }: Json): number {
  return typeof outputDimensionality === 'number' ? outputDimensionality : 8;
}

function embedOne(body: Json): Reply {
  if (body.content === undefined) throw new Complaint(400, 'content is required');
  return json(
    {
      embedding: { values: vectorOf(body.content, dimensionsOf(body)) },
      usageMetadata: counted(body.content),
    },
    countTokens(body.content),
  );
}

function embedMany(asked: Asked): Reply {
  const requests = list(readJson(asked), 'requests') as Json[];
  return json(
    {
      embeddings: requests.map((one) => ({ values: vectorOf(one.content, dimensionsOf(one)) })),
      usageMetadata: counted(requests),
    },
    countTokens(requests),
  );
}
