import { describe, expect, it } from 'vitest';
import { readLlmPath } from './llm-path.js';

const PLAIN = { anthropicVersion: false, googleKey: false };
const GOOGLE = { anthropicVersion: false, googleKey: true };
const ANTHROPIC = { anthropicVersion: true, googleKey: false };

describe('readLlmPath', () => {
  it.each([
    ['/v1/chat/completions', 'openai', 'chat', 'body'],
    ['/v1/responses', 'openai', 'responses', 'body'],
    ['/v1/completions', 'openai', 'completions', 'body'],
    ['/v1/embeddings', 'openai', 'embeddings', 'body'],
    ['/v1/images/generations', 'openai', 'images', 'body'],
    ['/v1/images/edits', 'openai', 'image_edits', 'form'],
    ['/v1/audio/speech', 'openai', 'speech', 'body'],
    ['/v1/audio/transcriptions', 'openai', 'transcriptions', 'form'],
    ['/v1/audio/translations', 'openai', 'translations', 'form'],
    ['/v1/moderations', 'openai', 'moderations', 'body'],
    ['/v1/messages', 'anthropic', 'messages', 'body'],
    ['/v1/messages/count_tokens', 'anthropic', 'count_tokens', 'body'],
    ['/v1beta/models/gemini-2.5-pro:generateContent', 'gemini', 'generateContent', 'path'],
    ['/v1/models/gemini-2.5-pro:streamGenerateContent', 'gemini', 'streamGenerateContent', 'path'],
    ['/v1alpha/models/x:countTokens', 'gemini', 'countTokens', 'path'],
    ['/gemini/v1beta/models/x:embedContent', 'gemini', 'embedContent', 'path'],
    ['/v1beta/tunedModels/mine:generateContent', 'gemini', 'generateContent', 'path'],
    ['/v1beta/models/x:madeUpByTheClient', 'gemini', 'model_operation', 'path'],
    ['/v1beta/files', 'gemini', 'files', 'nowhere'],
    ['/v1beta/files/abc', 'gemini', 'files', 'nowhere'],
    ['/upload/v1beta/files', 'gemini', 'files', 'nowhere'],
    ['/gemini/upload/v1/files', 'gemini', 'files', 'nowhere'],
    ['/v1beta/cachedContents', 'gemini', 'cached_contents', 'body'],
    ['/v1beta/cachedContents/abc', 'gemini', 'cached_contents', 'nowhere'],
    ['/v1beta/models', 'gemini', 'models', 'nowhere'],
  ])('%s is %s %s', (path, protocol, operation, modelIn) => {
    expect(readLlmPath(path, PLAIN)).toMatchObject({ protocol, operation, modelIn, slug: undefined });
  });

  it.each([
    ['no hint', PLAIN, 'openai'],
    ['anthropic-version', ANTHROPIC, 'anthropic'],
    ['x-goog-api-key or ?key=', GOOGLE, 'gemini'],
  ])('tells whose /v1/models it is by %s', (_, hints, protocol) => {
    expect(readLlmPath('/v1/models', hints)).toMatchObject({
      protocol,
      operation: 'models',
      model: undefined,
    });
    expect(readLlmPath('/v1/models/some-model', hints)).toMatchObject({
      protocol,
      operation: 'model',
      model: 'some-model',
    });
  });

  it('reads the model out of a path, decoded, slashes and colons of its own included', () => {
    expect(readLlmPath('/v1beta/models/my%2Fmodel:generateContent', PLAIN)?.model).toBe('my/model');
    expect(readLlmPath('/v1beta/models/slug/m:8b:generateContent', PLAIN)?.model).toBe('slug/m:8b');
    expect(readLlmPath('/v1beta/models/%zz:generateContent', PLAIN)?.model).toBe('%zz');
  });

  it.each([
    ['/llm/mine/v1/chat/completions', '/v1/chat/completions', 'openai', 'chat'],
    ['/llm/mine/chat/completions', '/chat/completions', 'openai', 'chat'],
    ['/llm/mine/v1/messages', '/v1/messages', 'anthropic', 'messages'],
    ['/llm/mine/models/m:generateContent', '/models/m:generateContent', 'gemini', 'generateContent'],
    ['/llm/mine/v1/files/x/content', '/v1/files/x/content', 'gemini', 'files'],
    ['/llm/mine/v1/responses/resp_1', '/v1/responses/resp_1', 'openai', 'stored_response'],
    ['/llm/mine/v1/batches', '/v1/batches', undefined, 'other'],
    ['/llm/mine', '', undefined, 'other'],
  ])('%s names the upstream and goes on as %s', (path, rest, protocol, operation) => {
    expect(readLlmPath(path, PLAIN)).toMatchObject({ slug: 'mine', path: rest, protocol, operation });
  });

  it.each(['/v1/responses/resp_1', '/v1/responses/resp_1/input_items', '/v1/responses/resp_1/cancel'])(
    '%s is about an answer that is kept',
    (path) => {
      expect(readLlmPath(path, PLAIN)).toMatchObject({ protocol: 'openai', operation: 'stored_response' });
    },
  );

  it('binds /vertex-express to its preset', () => {
    const found = readLlmPath('/vertex-express/v1beta/models/m:generateContent', PLAIN);
    expect(found).toMatchObject({ preset: 'vertex-express', protocol: 'gemini', model: 'm' });
  });

  it.each([
    '/v1',
    '/v1/unknown',
    '/v1/responses/other',
    '/v1beta/chat/completions',
    '/gemini/v1/chat/completions',
    '/upload/v1/messages',
    '/v2/models',
  ])('knows nothing of %s', (path) => {
    expect(readLlmPath(path, PLAIN)).toBeUndefined();
  });
});
