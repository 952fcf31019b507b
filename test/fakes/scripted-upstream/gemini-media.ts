import { Complaint, json, list, readJson, text, type Asked, type Json, type Reply } from './exchange.ts';
import { PIXEL } from './pixel.ts';

/** Models that make or hear more than text; not in the list of models. */
export const MEDIA_MODELS = [
  'gemini-2.5-flash-image',
  'gemini-2.5-flash-preview-tts',
  'imagen-4.0-generate-001',
];

const RATE = 24_000;
const SAMPLE_BYTES = 2;

/** Pictures, speech, or what was heard; undefined where text is wanted of text. */
export function mediaParts(body: Json, contents: readonly Json[]): Json[] | undefined {
  const config = (body.generationConfig ?? {}) as Json;
  const modalities = (config.responseModalities ?? []) as string[];
  if (modalities.includes('AUDIO')) return [spoken(config)];
  const last = (contents.at(-1)?.parts ?? []) as Json[];
  if (modalities.includes('IMAGE')) return picture(last);
  const sound = last.map(({ inlineData }) => inlineData as Json | undefined).find(isSound);
  return sound && [{ text: `Heard ${Buffer.from(text(sound, 'data'), 'base64').length} bytes.` }];
}

/** A quarter of a second of silence. */
function spoken(config: Json): Json {
  const { voiceConfig } = (config.speechConfig ?? {}) as Json;
  const { prebuiltVoiceConfig } = (voiceConfig ?? {}) as Json;
  if (typeof (prebuiltVoiceConfig as Json | undefined)?.voiceName !== 'string') {
    throw new Complaint(400, 'speechConfig.voiceConfig.prebuiltVoiceConfig.voiceName is required');
  }
  const data = Buffer.alloc((RATE / 4) * SAMPLE_BYTES).toString('base64');
  return { inlineData: { mimeType: `audio/L16;codec=pcm;rate=${RATE}`, data } };
}

function picture(parts: readonly Json[]): Json[] {
  const said = JSON.stringify(parts.map((part) => part.text));
  if (/forbidden/.test(said)) return [{ text: 'I cannot draw that.' }];
  return [{ text: 'Here it is.' }, { inlineData: { mimeType: 'image/png', data: PIXEL.toString('base64') } }];
}

function isSound(data: Json | undefined): data is Json {
  return typeof data?.mimeType === 'string' && data.mimeType.startsWith('audio/');
}

/** Imagen: one picture for each that is asked for. */
export function predict(asked: Asked): Reply {
  const body = readJson(asked);
  const [instance] = list(body, 'instances') as Json[];
  text(instance!, 'prompt');
  const { sampleCount = 1 } = (body.parameters ?? {}) as { sampleCount?: number };
  if (sampleCount > 4) throw new Complaint(400, 'sampleCount must be between 1 and 4.');
  const made = { bytesBase64Encoded: PIXEL.toString('base64'), mimeType: 'image/png' };
  return json({ predictions: Array.from({ length: sampleCount }, () => made) });
}
