import type { Protocol } from '../kernel/protocol.js';

/** The protocols that `/llm` and the provider-like paths speak. */
export type LlmProtocol = Exclude<Protocol, 'http'>;

/** What a path on the LLM side asks for, told by the path alone. */
export interface LlmPath {
  /** Undefined where only the upstream can tell: a path below `/llm/{slug}` that no protocol claims. */
  readonly protocol: LlmProtocol | undefined;
  /** In one word, for statistics; `other` where no protocol claims the path. */
  readonly operation: string;
  /** Upstream named in the path. */
  readonly slug: string | undefined;
  /** Only upstreams of this preset. */
  readonly preset: string | undefined;
  /** As the protocol writes it: without `/llm/{slug}`, `/gemini` and `/vertex-express`. */
  readonly path: string;
  /** Where the model's name is. */
  readonly modelIn: 'body' | 'form' | 'path' | 'nowhere';
  /** From the path, decoded. */
  readonly model: string | undefined;
  /** What the provider takes where the client names none. */
  readonly defaultModel: string | undefined;
}

interface Operation {
  readonly protocol: LlmProtocol;
  readonly operation: string;
  readonly modelIn: 'body' | 'form';
  readonly defaultModel?: string;
}

const openai = (operation: string, modelIn: 'body' | 'form', defaultModel?: string): Operation => ({
  protocol: 'openai',
  operation,
  modelIn,
  defaultModel,
});
const anthropic = (operation: string): Operation => ({ protocol: 'anthropic', operation, modelIn: 'body' });

/** Operations whose path has no variable part, without the version segment. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  '/chat/completions': openai('chat', 'body'),
  '/responses': openai('responses', 'body'),
  '/completions': openai('completions', 'body'),
  '/embeddings': openai('embeddings', 'body'),
  '/images/generations': openai('images', 'body'),
  '/images/edits': openai('image_edits', 'form'),
  '/audio/speech': openai('speech', 'body'),
  '/audio/transcriptions': openai('transcriptions', 'form'),
  '/audio/translations': openai('translations', 'form'),
  // https://platform.openai.com/docs/api-reference/moderations/create: the one operation with a default model
  '/moderations': openai('moderations', 'body', 'omni-moderation-latest'),
  '/messages': anthropic('messages'),
  '/messages/count_tokens': anthropic('count_tokens'),
};

/** Images that Keywheel has made and holds for a while: an id follows. */
export const IMAGE_FILES = '/v1/images/files/';

const VERSION = /^\/(v1|v1beta|v1alpha)(?=\/|$)/;
/** Operations of Gemini's models by name; any other that its API may have is passed on, counted as one. */
const GEMINI_OPERATIONS = new Set([
  'generateContent',
  'streamGenerateContent',
  'countTokens',
  'embedContent',
  'batchEmbedContents',
  'predict',
]);
/** https://platform.openai.com/docs/api-reference/responses/get */
const STORED_RESPONSE = /^\/responses\/resp_[^/]+(?:\/(?:input_items|cancel))?$/;
/** https://platform.openai.com/docs/api-reference/conversations: below `/llm/{slug}` alone, since no model is named */
const CONVERSATIONS = /^\/conversations(?:\/|$)/;
const GEMINI_OPERATION = /^\/(?:models|tunedModels)\/(.+):([A-Za-z]+)$/s;

/** What tells the protocols apart where they share a path (`/v1/models`). */
export interface PathHints {
  readonly anthropicVersion: boolean;
  /** `x-goog-api-key` or `?key=`. */
  readonly googleKey: boolean;
}

/** Operations without a variable part, as most calls name them. */
const KNOWN: ReadonlyMap<string, LlmPath> = new Map(
  Object.entries(OPERATIONS).map(([tail, operation]) => [`/v1${tail}`, made(`/v1${tail}`, operation)]),
);

/** @returns undefined where the path is none of ours. */
export function readLlmPath(path: string, hints: PathHints): LlmPath | undefined {
  const known = KNOWN.get(path);
  if (known) return known;
  if (path.startsWith('/llm/')) {
    const slash = path.indexOf('/', 5);
    const slug = slash === -1 ? path.slice(5) : path.slice(5, slash);
    const rest = slash === -1 ? '' : path.slice(slash);
    return { ...(protocolPath(rest, hints, true) ?? other(rest)), slug };
  }
  if (path.startsWith(IMAGE_FILES)) return made(path, { protocol: 'openai', operation: 'image_file' });
  if (path.startsWith('/gemini/')) return geminiOnly(path.slice('/gemini'.length));
  if (path.startsWith('/vertex-express/')) {
    const found = geminiOnly(path.slice('/vertex-express'.length));
    return found && { ...found, preset: 'vertex-express' };
  }
  return protocolPath(path, hints, false);
}

function geminiOnly(path: string): LlmPath | undefined {
  const found = protocolPath(path, { anthropicVersion: false, googleKey: true }, false);
  return found?.protocol === 'gemini' ? found : undefined;
}

function protocolPath(path: string, hints: PathHints, versionOptional: boolean): LlmPath | undefined {
  const upload = path.startsWith('/upload/');
  const versioned = upload ? path.slice('/upload'.length) : path;
  const version = VERSION.exec(versioned)?.[1];
  if (version === undefined && !versionOptional) return undefined;
  const tail = version === undefined ? versioned : versioned.slice(version.length + 1);
  if (!upload && version !== 'v1beta' && version !== 'v1alpha' && Object.hasOwn(OPERATIONS, tail)) {
    return made(path, { ...OPERATIONS[tail]! });
  }
  if (STORED_RESPONSE.test(tail)) return made(path, { protocol: 'openai', operation: 'stored_response' });
  if (versionOptional && CONVERSATIONS.test(tail))
    return made(path, { protocol: 'openai', operation: 'conversations' });
  return geminiPath(path, tail) ?? modelsPath(path, tail, version, hints);
}

function geminiPath(path: string, tail: string): LlmPath | undefined {
  const [, model, operation] = GEMINI_OPERATION.exec(tail) ?? [];
  if (model !== undefined) {
    const known = GEMINI_OPERATIONS.has(operation!) ? operation! : 'model_operation';
    return made(path, { protocol: 'gemini', operation: known, modelIn: 'path', model: decoded(model) });
  }
  if (isBelow(tail, '/files')) return made(path, { protocol: 'gemini', operation: 'files' });
  if (!isBelow(tail, '/cachedContents')) return undefined;
  const modelIn = tail === '/cachedContents' ? 'body' : 'nowhere';
  return made(path, { protocol: 'gemini', operation: 'cached_contents', modelIn });
}

function modelsPath(
  path: string,
  tail: string,
  version: string | undefined,
  hints: PathHints,
): LlmPath | undefined {
  if (!isBelow(tail, '/models')) return undefined;
  const model = tail.length > '/models/'.length ? decoded(tail.slice('/models/'.length)) : undefined;
  const isGemini = hints.googleKey || version === 'v1beta' || version === 'v1alpha';
  const protocol = hints.anthropicVersion ? 'anthropic' : isGemini ? 'gemini' : 'openai';
  return made(path, { protocol, operation: model === undefined ? 'models' : 'model', model });
}

function made(path: string, facts: Partial<LlmPath> & Pick<LlmPath, 'protocol' | 'operation'>): LlmPath {
  return {
    slug: undefined,
    preset: undefined,
    path,
    modelIn: 'nowhere',
    model: undefined,
    defaultModel: undefined,
    ...facts,
  };
}

function other(path: string): LlmPath {
  return made(path, { protocol: undefined, operation: 'other' });
}

function isBelow(tail: string, folder: string): boolean {
  return tail === folder || tail.startsWith(`${folder}/`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
