import { describe, expect, it } from 'vitest';
import type { Protocol } from '../kernel/protocol.js';
import { upstreamPath } from './upstream-path.js';

type Row = readonly [basePath: string, path: string, expected: string];

function table(preset: string, protocol: Protocol, rows: readonly Row[]): void {
  describe(preset, () => {
    it.each(rows)('base "%s" and %s give %s', (basePath, path, expected) => {
      expect(upstreamPath({ preset, protocol, basePath }, path)).toBe(expected);
    });
  });
}

describe('upstreamPath', () => {
  table('openai', 'openai', [
    ['/v1', '/v1/chat/completions', '/v1/chat/completions'],
    ['/v1', '/chat/completions', '/v1/chat/completions'],
    ['', '/v1/chat/completions', '/v1/chat/completions'],
    ['', '/chat/completions', '/v1/chat/completions'],
    ['', '/v1/models/ft:gpt-4o:acme::abc', '/v1/models/ft:gpt-4o:acme::abc'],
    ['/v1', '/v1', '/v1'],
    ['/v1', '', '/v1'],
    ['/v1', '/v1beta/things', '/v1/v1beta/things'],
    ['/mirror', '/v1/embeddings', '/mirror/v1/embeddings'],
    ['/mirror/v1', '/embeddings', '/mirror/v1/embeddings'],
    // Other people's versions: Zhipu's v4, Gemini's own OpenAI dialect.
    ['/api/paas/v4', '/v1/chat/completions', '/api/paas/v4/chat/completions'],
    ['/v1beta/openai', '/v1/chat/completions', '/v1beta/openai/chat/completions'],
  ]);
  table('groq', 'openai', [
    ['/openai/v1', '/v1/chat/completions', '/openai/v1/chat/completions'],
    ['/openai', '/chat/completions', '/openai/v1/chat/completions'],
  ]);
  table('azure-openai', 'openai', [
    ['/openai/v1', '/v1/chat/completions', '/openai/v1/chat/completions'],
    ['/openai', '/v1/chat/completions', '/openai/v1/chat/completions'],
    ['', '/chat/completions', '/openai/v1/chat/completions'],
  ]);
  table('ollama', 'openai', [['', '/v1/chat/completions', '/v1/chat/completions']]);
  table('anthropic', 'anthropic', [
    ['', '/v1/messages', '/v1/messages'],
    ['', '/messages', '/v1/messages'],
    ['/v1', '/v1/messages', '/v1/messages'],
    ['/v1', '/messages/count_tokens', '/v1/messages/count_tokens'],
    ['/anthropic', '/v1/messages', '/anthropic/v1/messages'],
  ]);
  table('gemini', 'gemini', [
    ['', '/v1beta/models/x:generateContent', '/v1beta/models/x:generateContent'],
    ['', '/v1/models/x:generateContent', '/v1/models/x:generateContent'],
    ['', '/v1alpha/models', '/v1alpha/models'],
    ['', '/models/x:streamGenerateContent', '/v1beta/models/x:streamGenerateContent'],
    ['', '/upload/v1beta/files', '/upload/v1beta/files'],
    ['', '/upload/files', '/upload/v1beta/files'],
    ['', '/files/abc', '/v1beta/files/abc'],
    ['/v1beta', '/v1beta/models/x:countTokens', '/v1beta/models/x:countTokens'],
    ['/v1beta', '/models/x:countTokens', '/v1beta/models/x:countTokens'],
    ['/v1', '/models/x:countTokens', '/v1/models/x:countTokens'],
    ['/v1', '/v1beta/models/x:countTokens', '/v1beta/models/x:countTokens'],
    ['/v1beta', '/upload/v1beta/files', '/upload/v1beta/files'],
    ['/mirror/v1beta', '/upload/files', '/mirror/upload/v1beta/files'],
    ['/mirror', '/models', '/mirror/v1beta/models'],
    // A model whose name begins like a version is still a model.
    ['', '/models/v1:generateContent', '/v1beta/models/v1:generateContent'],
  ]);
  table('vertex-express', 'gemini', [
    ['', '/v1beta/models/g:generateContent', '/v1/publishers/google/models/g:generateContent'],
    ['', '/v1/models/g:streamGenerateContent', '/v1/publishers/google/models/g:streamGenerateContent'],
    ['', '/models/g:countTokens', '/v1/publishers/google/models/g:countTokens'],
    ['/v1', '/v1beta/models/g:generateContent', '/v1/publishers/google/models/g:generateContent'],
    ['/v1beta1', '/v1beta/models/g:generateContent', '/v1beta1/publishers/google/models/g:generateContent'],
    [
      '/v1/publishers/google',
      '/v1beta/models/g:generateContent',
      '/v1/publishers/google/models/g:generateContent',
    ],
    [
      '',
      '/v1beta1/publishers/google/models/g:generateContent',
      '/v1beta1/publishers/google/models/g:generateContent',
    ],
    ['', '/v1/publishers/google/models/g:countTokens', '/v1/publishers/google/models/g:countTokens'],
  ]);
  table('http', 'http', [
    ['', '/v1/anything', '/v1/anything'],
    ['/v1', '/v1/anything', '/v1/v1/anything'],
    ['/base', '/a%2Fb/', '/base/a%2Fb/'],
    ['/base', '', '/base'],
  ]);

  it('treats an unknown preset like the generic one of its protocol', () => {
    expect(upstreamPath({ preset: 'gone', protocol: 'openai', basePath: '' }, '/models')).toBe('/v1/models');
  });
});
