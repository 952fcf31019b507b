import type { Json } from '../../../fakes/programmed-upstream/programmed-upstream.ts';
import type { AskedFeature } from '../feature.ts';

const group = 'Media';
export const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const PDF = 'JVBERi0xLjQKJSVFT0YK';
export const WAV = 'UklGRiQAAABXQVZFZm10IA==';
const IMAGE_URL = 'https://example.com/cat.png';
/** Put in by the suite: where its own files lie. */
export const FILES_AT = 'http://FILES';
const PDF_URL = `${FILES_AT}/paper.pdf`;
const GEMINI_FILE = 'https://generativelanguage.googleapis.com/v1beta/files/abc123';

const content = (part: Json) => ({ messages: [{ role: 'user', content: [part] }] });
const input = (part: Json) => ({ input: [{ role: 'user', content: [part] }] });
const parts = (part: Json) => ({ contents: [{ role: 'user', parts: [part] }] });

/** What lies there. */
export const FILES: Readonly<Record<string, { readonly type: string; readonly bytes: Buffer }>> = {
  '/paper.pdf': { type: 'application/pdf', bytes: Buffer.from(PDF, 'base64') },
};

export const MEDIA: readonly AskedFeature[] = [
  {
    group,
    name: 'image, base64',
    says: {
      chat: content({ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }),
      responses: input({ type: 'input_image', image_url: `data:image/png;base64,${PNG}` }),
      anthropic: content({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }),
      gemini: parts({ inlineData: { mimeType: 'image/png', data: PNG } }),
    },
    script: [`user image image/png ${PNG}`],
  },
  {
    group,
    name: 'image, URL',
    says: {
      chat: content({ type: 'image_url', image_url: { url: IMAGE_URL } }),
      responses: input({ type: 'input_image', image_url: IMAGE_URL }),
      anthropic: content({ type: 'image', source: { type: 'url', url: IMAGE_URL } }),
      gemini: parts({ fileData: { mimeType: 'image/png', fileUri: IMAGE_URL } }),
    },
    script: [`user image ${IMAGE_URL}`],
  },
  {
    group,
    name: 'image, closeness of look',
    says: {
      chat: content({
        type: 'image_url',
        image_url: { url: `data:image/png;base64,${PNG}`, detail: 'high' },
      }),
      responses: input({ type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'high' }),
      gemini: parts({
        inlineData: { mimeType: 'image/png', data: PNG },
        mediaResolution: { level: 'MEDIA_RESOLUTION_HIGH' },
      }),
    },
    models: { gemini: 'gemini-3-flash-preview' },
    seen: {
      chat: content({ type: 'image_url', image_url: { detail: 'high' } }),
      responses: input({ type: 'input_image', detail: 'high' }),
      gemini: parts({ mediaResolution: { level: 'MEDIA_RESOLUTION_HIGH' } }),
    },
  },
  {
    group,
    name: 'PDF, base64',
    says: {
      chat: content({
        type: 'file',
        file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
      }),
      responses: input({
        type: 'input_file',
        filename: 'a.pdf',
        file_data: `data:application/pdf;base64,${PDF}`,
      }),
      anthropic: content({
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: PDF },
      }),
      gemini: parts({ inlineData: { mimeType: 'application/pdf', data: PDF } }),
    },
    script: [`user document application/pdf ${PDF}`],
  },
  {
    group,
    name: 'PDF, URL',
    near: 'fetched by Keywheel, and sent along',
    says: {
      responses: input({ type: 'input_file', file_url: PDF_URL }),
      anthropic: content({ type: 'document', source: { type: 'url', url: PDF_URL } }),
      gemini: parts({ fileData: { mimeType: 'application/pdf', fileUri: PDF_URL } }),
    },
    script: [`user document ${PDF_URL}`],
    // Fetched and sent along, where the upstream fetches nothing, or not over plain HTTP.
    mappedScript: {
      chat: [`user document application/pdf ${PDF}`],
      anthropic: [`user document application/pdf ${PDF}`],
      gemini: [`user document application/pdf ${PDF}`],
    },
  },
  {
    group,
    name: 'document of plain text',
    near: 'a part of text',
    says: {
      anthropic: content({
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: 'A book' },
      }),
      gemini: parts({ inlineData: { mimeType: 'text/plain', data: 'QSBib29r' } }),
    },
    script: ['user document text/plain QSBib29r'],
    mappedScript: { chat: ['user text A book'], responses: ['user text A book'] },
  },
  {
    group,
    name: 'audio, base64',
    says: {
      chat: content({ type: 'input_audio', input_audio: { data: WAV, format: 'wav' } }),
      gemini: parts({ inlineData: { mimeType: 'audio/wav', data: WAV } }),
    },
    script: [`user audio audio/wav ${WAV}`],
  },
  {
    group,
    name: 'video, base64',
    says: { gemini: parts({ inlineData: { mimeType: 'video/mp4', data: WAV } }) },
    script: [`user video video/mp4 ${WAV}`],
  },
  {
    group,
    name: 'file id of the caller’s own provider',
    says: {
      chat: content({ type: 'file', file: { file_id: 'file-abc' } }),
      responses: input({ type: 'input_file', file_id: 'file-abc' }),
      anthropic: content({ type: 'document', source: { type: 'file', file_id: 'file_abc' } }),
      gemini: parts({ fileData: { mimeType: 'application/pdf', fileUri: GEMINI_FILE } }),
    },
    script: ['user document file file-abc'],
  },
];
