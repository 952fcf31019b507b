import { describe, expect, it } from 'vitest';
import type { MediaPart, MediaSource } from '../../conversation/parts.js';
import { mustFetch, writeMedia } from './media.js';

const part = (source: MediaSource, mime?: string): MediaPart => ({
  kind: 'media',
  media: 'image',
  mime,
  source,
});
const url = (address: string): MediaSource => ({ kind: 'url', url: address });

describe('mustFetch', () => {
  it.each([
    ['https://example.com/a.png', undefined, 'gemini-2.5-flash', false],
    ['https://example.com/a.png?x=1', undefined, 'gemini-3-pro-preview', false],
    ['https://example.com/a', 'application/pdf', 'gemini-flash-latest', false],
    ['https://example.com/a', undefined, 'gemini-2.5-flash', true],
    ['https://example.com/a.gif', undefined, 'gemini-2.5-flash', true],
    ['https://example.com/a.mp3', 'audio/mp3', 'gemini-2.5-flash', true],
    ['http://example.com/a.png', undefined, 'gemini-2.5-flash', true],
    ['https://example.com/a.png', undefined, 'gemini-2.0-flash', true],
    ['https://example.com/a.png', undefined, 'gemma-3-27b-it', true],
    ['https://www.youtube.com/watch?v=9hE5-98ZeCg', undefined, 'gemini-2.0-flash', false],
    ['https://youtu.be/9hE5-98ZeCg', undefined, 'gemini-2.5-flash', false],
    ['gs://bucket/a.png', 'image/png', 'gemini-2.0-flash', false],
    ['https://generativelanguage.googleapis.com/v1beta/files/abc', undefined, 'gemini-2.0-flash', false],
  ])('%s (%s) for %s: %s', (address, mime, model, fetched) => {
    expect(mustFetch(part(url(address), mime), model)).toBe(fetched);
  });

  it('has nothing to fetch of what is there', () => {
    expect(mustFetch(part({ kind: 'base64', data: 'AAAA' }), 'gemini-2.0-flash')).toBe(false);
  });
});

describe('writeMedia', () => {
  it.each<[MediaPart, object]>([
    [part({ kind: 'base64', data: 'iVBORw0K' }), { inlineData: { mimeType: 'image/png', data: 'iVBORw0K' } }],
    [part(url('data:image/gif;base64,R0lG')), { inlineData: { mimeType: 'image/gif', data: 'R0lG' } }],
    [part(url('data:,a%20b')), { inlineData: { mimeType: 'text/plain', data: 'YSBi' } }],
    [part(url('data:,100%')), { inlineData: { mimeType: 'text/plain', data: 'MTAwJQ==' } }],
    [
      part(url('https://example.com/a.webp')),
      { fileData: { mimeType: 'image/webp', fileUri: 'https://example.com/a.webp' } },
    ],
    [part({ kind: 'text', text: 'ü' }), { inlineData: { mimeType: 'text/plain', data: 'w7w=' } }],
    [part({ kind: 'file', origin: 'gemini', id: 'files/x' }), { fileData: { fileUri: 'files/x' } }],
  ])('writes %j', (media, expected) => {
    expect(JSON.parse(JSON.stringify(writeMedia(media)))).toEqual(expected);
  });

  it('asks for the type of what it cannot tell', () => {
    expect(() => writeMedia(part({ kind: 'base64', data: 'AAAA' }))).toThrow(/MIME type/);
  });
});
