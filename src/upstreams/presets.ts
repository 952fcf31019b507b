import type { Protocol } from '../kernel/protocol.js';
import type { Preset } from './preset.js';
import type { CheckRequest, Credential } from './upstream.js';

const BEARER: Credential = { in: 'header', name: 'authorization', format: 'Bearer {key}' };
const GOOGLE_KEY: Credential = { in: 'header', name: 'x-goog-api-key', format: '{key}' };
const LIST_MODELS: CheckRequest = { method: 'GET', path: '/models' };

/** What most providers that took over OpenAI's protocol have in common. */
const OPENAI_LIKE = {
  protocol: 'openai',
  pathStyle: 'versioned',
  credential: BEARER,
  keyOptional: false,
  check: LIST_MODELS,
  dayZone: 'UTC',
} as const satisfies Partial<Preset>;

/** The one list of known providers. A new one is one entry. */
export const PRESETS: readonly Preset[] = [
  {
    ...OPENAI_LIKE,
    name: 'openai',
    title: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    source: 'https://platform.openai.com/docs/api-reference/authentication',
  },
  {
    name: 'anthropic',
    title: 'Anthropic',
    protocol: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    pathStyle: 'versioned',
    credential: { in: 'header', name: 'x-api-key', format: '{key}' },
    keyOptional: false,
    // Without a version the API answers 400; this is the only one in use.
    defaults: { 'anthropic-version': '2023-06-01' },
    check: { method: 'GET', path: '/v1/models?limit=1' },
    dayZone: 'UTC',
    source: 'https://docs.anthropic.com/en/api/models-list',
  },
  {
    name: 'gemini',
    title: 'Google Gemini API',
    protocol: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com',
    pathStyle: 'gemini',
    modelSuffixes: true,
    credential: GOOGLE_KEY,
    keyOptional: false,
    check: { method: 'GET', path: '/v1beta/models?pageSize=1' },
    // Requests per day reset at midnight Pacific time.
    dayZone: 'America/Los_Angeles',
    source: 'https://ai.google.dev/gemini-api/docs/rate-limits',
  },
  {
    name: 'vertex-express',
    title: 'Google Vertex AI, express mode',
    protocol: 'gemini',
    baseUrl: 'https://aiplatform.googleapis.com',
    pathStyle: 'vertex',
    modelSuffixes: true,
    // The reference shows `?key=`; Google's own SDKs send the header, which stays out of access logs.
    credential: GOOGLE_KEY,
    keyOptional: false,
    // Express keys cannot list models; counting tokens costs nothing.
    check: {
      method: 'POST',
      path: '/v1/publishers/google/models/gemini-2.5-flash:countTokens',
      body: { contents: [{ role: 'user', parts: [{ text: 'ping' }] }] },
    },
    dayZone: 'UTC',
    source:
      'https://cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode/vertex-ai-express-mode-api-reference',
  },
  {
    ...OPENAI_LIKE,
    name: 'azure-openai',
    title: 'Azure OpenAI (v1 API)',
    // https://{resource}.openai.azure.com/openai/v1
    root: '/openai/v1',
    credential: { in: 'header', name: 'api-key', format: '{key}' },
    source: 'https://learn.microsoft.com/en-us/azure/ai-foundry/openai/api-version-lifecycle',
  },
  {
    ...OPENAI_LIKE,
    name: 'openrouter',
    title: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    // Its list of models is public and proves nothing.
    check: { method: 'GET', path: '/key' },
    source: 'https://openrouter.ai/docs/api/api-reference/api-keys/get-current-api-key',
  },
  {
    ...OPENAI_LIKE,
    name: 'deepseek',
    title: 'DeepSeek',
    responsesApi: 'none',
    baseUrl: 'https://api.deepseek.com/v1',
    source: 'https://api-docs.deepseek.com/',
  },
  {
    ...OPENAI_LIKE,
    name: 'groq',
    title: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    source: 'https://console.groq.com/docs/openai',
  },
  {
    ...OPENAI_LIKE,
    name: 'mistral',
    title: 'Mistral AI',
    responsesApi: 'none',
    baseUrl: 'https://api.mistral.ai/v1',
    source: 'https://docs.mistral.ai/api/',
  },
  {
    ...OPENAI_LIKE,
    name: 'xai',
    title: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    source: 'https://docs.x.ai/docs/api-reference',
  },
  {
    ...OPENAI_LIKE,
    name: 'together',
    title: 'Together AI',
    responsesApi: 'none',
    baseUrl: 'https://api.together.xyz/v1',
    source: 'https://docs.together.ai/docs/openai-api-compatibility',
  },
  {
    ...OPENAI_LIKE,
    name: 'siliconflow',
    title: 'SiliconFlow',
    responsesApi: 'none',
    // Keys of the international site are good at https://api.siliconflow.com/v1 only.
    baseUrl: 'https://api.siliconflow.cn/v1',
    check: { method: 'GET', path: '/user/info' },
    source: 'https://docs.siliconflow.cn/cn/api-reference/userinfo/get-user-info',
  },
  {
    ...OPENAI_LIKE,
    name: 'ollama',
    title: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434',
    keyOptional: true,
    source: 'https://github.com/ollama/ollama/blob/main/docs/openai.md',
  },
  {
    ...OPENAI_LIKE,
    name: 'vllm',
    title: 'vLLM',
    keyOptional: true,
    source: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
  },
  {
    name: 'http',
    title: 'Any HTTP API',
    protocol: 'http',
    pathStyle: 'plain',
    credential: BEARER,
    keyOptional: true,
    check: null,
    dayZone: 'UTC',
    source: null,
  },
];

const byName = new Map(PRESETS.map((preset) => [preset.name, preset]));

export function findPreset(name: string): Preset | undefined {
  return byName.get(name);
}

/** The preset for an upstream that names none: the one that is called like its protocol. */
export function genericPreset(protocol: Protocol): Preset {
  const preset = byName.get(protocol);
  if (!preset) throw new Error(`no generic preset for ${protocol}`);
  return preset;
}
