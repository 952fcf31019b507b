import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkBody, checkRequest } from '../fakes/provider-schemas/request-check.ts';

const ROOT = join(import.meta.dirname, '../..');
const chat = (message: object, more: object = {}) => ({ model: 'm', messages: [message], ...more });
const input = (item: object) => ({ model: 'm', input: [item] });
const message = (block: object) => ({
  model: 'm',
  max_tokens: 4,
  messages: [{ role: 'user', content: [block] }],
});
const contents = (part: object, generationConfig?: object) => ({
  contents: [{ parts: [part] }],
  ...(generationConfig && { generationConfig }),
});

const tool = (parameters: object, strict = false) => ({
  type: 'function',
  function: { name: 'f', parameters, strict },
});

const CHAT = '/v1/chat/completions';
const GEMINI = '/v1beta/models/g:generateContent';
const VERTEX = '/v1/publishers/google/models/g:streamGenerateContent?alt=sse';

describe('a request', () => {
  it.each<[string, object, string]>([
    [CHAT, chat({ role: 'user', content: 'x' }, { foo: 1 }), '"additionalProperty":"foo"'],
    [CHAT, chat({ role: 'assistant', reasoning_content: 'x' }), '/messages/0 .*"reasoning_content"'],
    [CHAT, chat({ role: 'user', content: 'x' }, { temperature: 3 }), '/temperature must be <= 2'],
    [
      CHAT,
      chat({ role: 'user', content: [{ type: 'file', file: 'x' }] }),
      '/messages/0/content/0/file must be',
    ],
    [
      '/v1/responses',
      input({ type: 'function_call', call_id: 'x', name: 'a b', arguments: '' }),
      '/input/0/name',
    ],
    [
      '/v1/responses',
      input({ role: 'user', content: [{ type: 'input_image', detail: 3 }] }),
      '/content/0/detail',
    ],
    ['/v1/messages', message({ type: 'text', text: '' }), '/messages/0/content/0/text'],
    [
      '/v1/messages',
      message({ type: 'tool_result', tool_use_id: 'a b' }),
      '/content/0/tool_use_id must match',
    ],
    ['/v1/messages/count_tokens', { model: 'm' }, "'messages'"],
    [GEMINI, contents({ text: 'x' }, { top_p: 1 }), '/generationConfig .*"top_p"'],
    [GEMINI, contents({ thoughtSignature: 'AA==' }), '/contents/0/parts/0 '],
    [VERTEX, { ...contents({ text: 'x' }), tools: [{ fileSearch: {} }] }, '/tools/0 .*"fileSearch"'],
    ['/v1beta/models/g:embedContent', { content: 'x' }, '/content must be object'],
    // Rules beside the schemas.
    [
      CHAT,
      chat({ role: 'tool', tool_call_id: 'c', content: 'x' }),
      '/messages/0/tool_call_id answers no call',
    ],
    [CHAT, chat({ role: 'user', content: 'x' }, { tools: [tool({ type: 'STRING' })] }), 'is no JSON Schema'],
    [
      CHAT,
      chat({ role: 'user', content: 'x' }, { tools: [tool({ type: 'object' }, true)] }),
      'additionalProperties: false',
    ],
    ['/v1/responses', input({ type: 'function_call_output', call_id: 'c', output: 'x' }), 'answers no call'],
    [
      '/v1/responses',
      input({ type: 'reasoning', id: 'rs_1', summary: [] }),
      '/input/0 is a thought that leads to',
    ],
    [
      '/v1/messages',
      message({ type: 'tool_result', tool_use_id: 'c' }),
      '/messages/0: unexpected tool_use_id',
    ],
    ['/v1/messages', message({ type: 'text', text: ' ' }), '/messages/0: .*non-whitespace'],
    [
      '/v1/messages',
      { ...message({ type: 'text', text: 'x' }), thinking: { type: 'enabled', budget_tokens: 1024 } },
      '/max_tokens must be greater',
    ],
    [
      GEMINI,
      contents({ functionResponse: { name: 'f', response: {} } }),
      'responses .f. for function calls ..',
    ],
    [GEMINI, contents({ text: 'x' }, { responseJsonSchema: {} }), 'needs responseMimeType'],
  ])('to %s is refused with the path of its fault: %j', (path, body, told) => {
    expect(checkBody(path, body)).toMatch(new RegExp(told));
  });

  it.each<[string, object]>([
    [CHAT, chat({ role: 'user', content: [{ type: 'text', text: 'x' }] })],
    [
      '/v1/responses',
      input({ role: 'user', content: [{ type: 'input_image', image_url: 'https://e.example/x' }] }),
    ],
    ['/v1/messages', message({ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } })],
    [GEMINI, contents({ text: '', thoughtSignature: 'AA==' }, { imageConfig: { aspectRatio: '1:1' } })],
    [VERTEX, contents({ inlineData: { mimeType: 'image/png', data: 'AA==' } }, { topP: 0.5 })],
    ['/v1/files', { anything: true }],
  ])('to %s passes where it is as the reference says: %j', (path, body) => {
    expect(checkBody(path, body)).toBeUndefined();
  });

  it('in a form is read as the fields that it stands for', async () => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ model: 'm', prompt: 'x', n: 'two' })) {
      form.set(name, value);
    }
    form.append('image[]', new File(['x'], 'x.png'));
    const sent = new Response(form);
    const headers = { 'content-type': sent.headers.get('content-type') ?? '' };
    const body = Buffer.from(await sent.arrayBuffer());
    expect(await checkRequest({ path: '/v1/images/edits', headers, body })).toMatch(/ImageEdits: \/n /);
  });
});

it.each([
  ['openai', 'openai'],
  ['anthropic', '@anthropic-ai/sdk'],
  ['gemini', '@google/genai'],
])('the schemas of %s are made of the SDK that the tests use', (name, sdk) => {
  const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
  const { $comment } = JSON.parse(read(`test/fakes/provider-schemas/${name}.json`)) as { $comment: string };
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
  expect($comment).toContain(`${sdk} ${devDependencies[sdk]}`);
});
