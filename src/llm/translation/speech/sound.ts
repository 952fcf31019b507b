import { encodeMp3 } from './mp3.js';
import type { Pcm } from './pcm.js';
import { wavOf } from './wav.js';

export const FORMATS = ['mp3', 'wav', 'pcm'] as const;
export type SoundFormat = (typeof FORMATS)[number];

export const CONTENT_TYPES: Readonly<Record<SoundFormat, string>> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
};

export async function soundOf(pcm: Pcm, format: SoundFormat): Promise<Buffer> {
  switch (format) {
    case 'mp3':
      return encodeMp3(pcm);
    case 'wav':
      return wavOf(pcm);
    case 'pcm':
      return pcm.samples;
  }
}
