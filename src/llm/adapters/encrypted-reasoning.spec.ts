import { describe, expect, it } from 'vitest';
import type { Conversation } from '../conversation/conversation.js';
import { Notes } from '../conversation/notes.js';
import type { Reply } from '../conversation/reply.js';
import { CODECS } from './codecs.js';

const conversation: Conversation = {
  model: 'm',
  stream: false,
  system: [],
  messages: [],
  tools: [],
  sampling: {},
};
const context = { requestId: 'req_1', conversation };
const FACTS = { model: 'm', stream: false };

/** As OpenAI answers a tool loop: a thought that nobody else can read, and a call. */
const ANSWER = {
  id: 'resp_1',
  status: 'completed',
  model: 'gpt-6',
  output: [
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'Hm.' }],
      encrypted_content: 'gAAAA=',
    },
    { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'gBBBB=' },
    { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{}' },
  ],
};

/** What a client sends back of an answer. */
const BACK = {
  anthropic: (reply: Reply) => ({
    model: 'm',
    max_tokens: 10,
    messages: [{ role: 'assistant', content: CODECS.anthropic.writeReply(reply, context).content }],
  }),
  gemini: (reply: Reply) => {
    const [candidate] = CODECS.gemini.writeReply(reply, context).candidates as { content: unknown }[];
    return { contents: [candidate!.content] };
  },
  responses: (reply: Reply) => ({ model: 'm', input: CODECS.responses.writeReply(reply, context).output }),
} as const;

describe('encrypted reasoning of OpenAI', () => {
  it.each(['anthropic', 'gemini', 'responses'] as const)('comes back through a client of %s', (dialect) => {
    const body: unknown = JSON.parse(JSON.stringify(BACK[dialect](CODECS.responses.readReply(ANSWER))));
    const said = CODECS[dialect].readRequest(body as Record<string, unknown>, FACTS);
    const written = CODECS.responses.writeRequest(said, {
      model: 'gpt-6',
      preset: 'openai',
      notes: new Notes(),
    });
    const input = written.body.input as { type: string; encrypted_content?: string; id?: string }[];
    expect(input.map(({ type, id, encrypted_content: encrypted }) => [type, id, encrypted])).toMatchObject([
      ['reasoning', 'rs_1', 'gAAAA='],
      ['reasoning', 'rs_2', 'gBBBB='],
      ['function_call', undefined, undefined],
    ]);
  });
});
