import type { RequestFacts } from '../../conversation/codec.js';
import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields, otherFields, textOf } from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import { camelFields, optionalMessage } from './proto.js';
import { readMessages, readSystem } from './read-messages.js';
import { readSettings } from './read-settings.js';
import { readToolConfig, readTools, strictly } from './read-tools.js';

const KNOWN: ReadonlySet<string> = new Set([
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'labels',
  'model',
]);

/**
 * Reads a request to `generateContent`. https://ai.google.dev/api/generate-content#request-body
 * @throws KeywheelError bad_body
 */
export function readRequest(body: Fields, { model, stream }: RequestFacts): Conversation {
  const request = camelFields(body);
  if (model === undefined) return malformed('The path must name a model.', 'model');
  if (request.contents === undefined) return malformed('contents must be given.', 'contents');
  const { rest: otherSettings, ...settings } = readSettings(request.generationConfig);
  const { toolChoice, strict, rest: otherConfig } = readToolConfig(request.toolConfig);
  const tools = readTools(request.tools);
  const labels = readLabels(request.labels);
  const gemini = { ...otherFields(request, KNOWN), ...otherSettings, ...otherConfig };
  return {
    model: model.replace(/^models\//, ''),
    stream,
    system: readSystem(request.systemInstruction),
    messages: readMessages(request.contents),
    tools: strict ? strictly(tools) : tools,
    ...(toolChoice && { toolChoice }),
    ...settings,
    ...(labels && { labels }),
    // Every event of Gemini's has counts.
    ...(stream && { usageInStream: true }),
    ...(Object.keys(gemini).length > 0 && { extras: { gemini } }),
  };
}

function readLabels(value: unknown): Conversation['labels'] {
  const labels = optionalMessage(value, 'labels');
  if (!labels || !isFields(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).map(([name, label]) => [name, textOf(label, `labels.${name}`)]),
  );
}
