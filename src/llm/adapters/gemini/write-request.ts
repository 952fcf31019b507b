import type { WriteContext, WrittenRequest } from '../../conversation/codec.js';
import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { noteForeignExtras } from '../../conversation/foreign-extras.js';
import type { Notes } from '../../conversation/notes.js';
import { writeMessages } from './write-messages.js';
import { writeSettings } from './write-settings.js';
import { writeTools } from './write-tools.js';

/**
 * Writes a request to `generateContent` or `streamGenerateContent`.
 * https://ai.google.dev/api/generate-content#method:-models.generatecontent
 * @throws KeywheelError untranslatable
 */
export function writeRequest(conversation: Conversation, context: WriteContext): WrittenRequest {
  const { user, cacheKey, stream, extras } = conversation;
  const { model, notes } = context;
  if (user !== undefined) notes.dropped('user');
  if (cacheKey !== undefined) notes.dropped('prompt_cache_key');
  const settings = withoutAbsent(writeSettings(conversation, context));
  const body: Record<string, unknown> = {
    ...writeMessages(conversation, context),
    ...writeTools(conversation, context),
    ...(settings && { generationConfig: settings }),
    labels: conversation.labels && writeLabels(conversation.labels, notes),
  };
  for (const [path, value] of Object.entries(extras?.gemini ?? {})) put(body, path.split('.'), value);
  noteForeignExtras(conversation, 'gemini', notes);
  const operation = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  return { path: `/v1beta/${pathOf(model)}:${operation}`, body };
}

/** Tuned models name their own collection. */
function pathOf(model: string): string {
  const named = /^(models|tunedModels)\//.test(model) ? model : `models/${model}`;
  return named.split('/').map(encodeURIComponent).join('/');
}

const LABEL_NAME = /^[a-z][a-z0-9_-]{0,62}$/;
const LABEL = /^[a-z0-9_-]{0,63}$/;

/** Only those that Google takes. https://docs.cloud.google.com/resource-manager/docs/labels-overview#requirements */
function writeLabels(labels: Readonly<Record<string, string>>, notes: Notes): Fields | undefined {
  const fit = Object.entries(labels).filter(([name, label]) => LABEL_NAME.test(name) && LABEL.test(label));
  if (fit.length < Object.keys(labels).length) notes.dropped('metadata');
  return fit.length > 0 ? Object.fromEntries(fit) : undefined;
}

function withoutAbsent(fields: Fields): Fields | undefined {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return present.length > 0 ? Object.fromEntries(present) : undefined;
}

/** What the reader put aside goes back to its place, where nothing else has taken it. */
function put(body: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = '', ...deeper] = path;
  if (deeper.length === 0) {
    const present = body[name];
    if (isFields(present) && isFields(value)) body[name] = { ...value, ...present };
    else body[name] ??= value;
    return;
  }
  const inner: Record<string, unknown> = isFields(body[name]) ? { ...body[name] } : {};
  put(inner, deeper, value);
  body[name] = inner;
}
