/*
 * What the sources say in words beside the types: ranges, lengths and patterns. Each entry is
 * [definition, property, keywords]; the words are in the comment of that property in the SDK of the same provider,
 * or at the address that stands above the entries.
 */

import { BASE64_PATTERN } from './from-discovery.mjs';

const NAME_64 = { pattern: '^[a-zA-Z0-9_-]{1,64}$' };
const INTEGER = { type: 'integer' };
const between = (minimum, maximum) => ({ minimum, maximum });

const openaiSampling = (root) => [
  [root, 'temperature', between(0, 2)],
  [root, 'top_p', between(0, 1)],
  [root, 'top_logprobs', { ...INTEGER, ...between(0, 20) }],
];

/** https://platform.openai.com/docs/api-reference, https://github.com/openai/openai-openapi */
const chat = (root) => [
  ...openaiSampling(root),
  [root, 'presence_penalty', between(-2, 2)],
  [root, 'frequency_penalty', between(-2, 2)],
  [root, 'n', { ...INTEGER, ...between(1, 128) }],
  [root, 'max_tokens', { ...INTEGER, minimum: 1 }],
  [root, 'max_completion_tokens', { ...INTEGER, minimum: 1 }],
  [root, 'seed', INTEGER],
  [root, 'messages', { minItems: 1 }],
  [root, 'stop', { maxItems: 4 }],
];
const responses = (root) => [
  ...openaiSampling(root),
  [root, 'max_output_tokens', { ...INTEGER, minimum: 16 }],
];

/** A URL, or the content itself. */
const LINK = { pattern: '^(?:https?://|data:[^,]*,)' };
const BASE64 = { pattern: BASE64_PATTERN, minLength: 1 };
const CONTENT = { pattern: `^data:[^,]*,|${BASE64_PATTERN}`, minLength: 1 };

export const OPENAI = [
  ...chat('Chat'),
  ...responses('Responses'),
  ['FunctionDefinition', 'name', NAME_64],
  ['FunctionTool', 'name', NAME_64],
  ['ResponseFormatJSONSchema.JSONSchema', 'name', NAME_64],
  ['ResponseFormatTextJSONSchemaConfig', 'name', NAME_64],
  ['ResponseFunctionToolCall', 'name', NAME_64],
  ['ResponseFunctionToolCall', 'call_id', { minLength: 1, maxLength: 64 }],
  ['ResponseInputItem.FunctionCallOutput', 'call_id', { minLength: 1, maxLength: 64 }],
  ['ChatCompletionMessageFunctionToolCall.Function', 'name', NAME_64],
  ['ChatCompletionNamedToolChoice.Function', 'name', NAME_64],
  ['ChatCompletionContentPartImage.ImageURL', 'url', LINK],
  ['ChatCompletionContentPartInputAudio.InputAudio', 'data', BASE64],
  ['ChatCompletionContentPart.File.File', 'file_data', CONTENT],
  ['ResponseInputImage', 'image_url', LINK],
  ['ResponseInputImageContent', 'image_url', LINK],
  ['ResponseInputFile', 'file_url', { pattern: '^https?://' }],
  ['ResponseInputFile', 'file_data', CONTENT],
  ['Metadata', undefined, { maxProperties: 16 }],
  // The types want `detail` and `strict` too; they have defaults, and the examples of the reference leave them out.
  ['ResponseInputImage', undefined, { required: ['type'] }],
  ['FunctionTool', undefined, { required: ['name', 'parameters', 'type'] }],
];

/** https://platform.claude.com/docs/en/api/messages */
const messages = (root) => [
  [root, 'temperature', between(0, 1)],
  [root, 'top_p', between(0, 1)],
  [root, 'top_k', { ...INTEGER, minimum: 0 }],
  [root, 'max_tokens', { ...INTEGER, minimum: 1 }],
  [root, 'messages', { minItems: 1 }],
];
export const ANTHROPIC = [
  ...messages('Messages'),
  ['ThinkingConfigEnabled', 'budget_tokens', { ...INTEGER, minimum: 1024 }],
  ['Tool', 'name', { pattern: '^[a-zA-Z0-9_-]{1,128}$' }],
  ['ToolUseBlockParam', 'name', { pattern: '^[a-zA-Z0-9_-]{1,200}$' }],
  ['ToolUseBlockParam', 'id', { pattern: '^[a-zA-Z0-9_-]+$' }],
  ['ToolResultBlockParam', 'tool_use_id', { pattern: '^[a-zA-Z0-9_-]+$' }],
  ['TextBlockParam', 'text', { minLength: 1 }],
  ['PlainTextSource', 'data', { minLength: 1 }],
  ['Base64ImageSource', 'data', BASE64],
  ['Base64PDFSource', 'data', BASE64],
  ['URLImageSource', 'url', { pattern: '^https?://' }],
  ['URLPDFSource', 'url', { pattern: '^https?://' }],
  ['Metadata', 'user_id', { maxLength: 256 }],
];

const NUMBERS = ['candidateCount', 'maxOutputTokens', 'topK', 'seed', 'logprobs'];
const ONE_PART = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
];
const FUNCTION = { pattern: '^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$' };
const google = (config, declared) => [
  ...NUMBERS.filter((name) => name !== 'topK').map((name) => [config, name, INTEGER]),
  [config, 'temperature', between(0, 2)],
  [config, 'topP', between(0, 1)],
  [config, 'presencePenalty', between(-2, 2)],
  [config, 'frequencyPenalty', between(-2, 2)],
  [config, 'candidateCount', between(1, 8)],
  [config, 'maxOutputTokens', { minimum: 1 }],
  [config, 'logprobs', between(0, 20)],
  [config, 'stopSequences', { maxItems: 5 }],
  ['FunctionDeclaration', 'name', FUNCTION],
  ['FunctionCall', 'name', FUNCTION],
  ['FunctionResponse', 'name', FUNCTION],
  ['FileData', 'fileUri', { pattern: '^(?:https?|gs)://|^files/' }],
  ['FunctionCall', undefined, { required: ['name'] }],
  ['Content', 'role', { enum: ['user', 'model'] }],
  ['Content', 'parts', { minItems: 1 }],
  ['GenerateContentRequest', 'contents', { minItems: 1 }],
  // `oneof data` of the message in google/ai/generativelanguage/v1beta/content.proto.
  ['Part', undefined, { oneOf: [...ONE_PART, ...declared].map((name) => ({ required: [name] })) }],
];
const INT64 = { type: ['string', 'integer'] };
const COUNTS = ['maxItems', 'minItems', 'maxLength', 'minLength', 'maxProperties', 'minProperties'];

/** https://ai.google.dev/api/generate-content */
export const GEMINI = [
  ...google('GeminiConfig', ['toolCall', 'toolResponse']),
  ['GeminiConfig', 'topK', INTEGER],
  ['ThinkingConfig', 'thinkingBudget', INTEGER],
  ['PredictRequest', 'instances', { minItems: 1 }],
  ['Content', undefined, { required: ['parts'] }],
  ['Part', 'inlineData', { required: ['data', 'mimeType'] }],
  ['Part', 'inlineData.data', BASE64],
  ['Part', 'thoughtSignature', BASE64],
  ['FunctionResponseBlob', 'data', BASE64],
  ['FileData', undefined, { required: ['fileUri'] }],
  ...COUNTS.map((name) => ['Schema', name, INT64]),
];
/** https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference */
export const VERTEX = google('GenerationConfig', []);
