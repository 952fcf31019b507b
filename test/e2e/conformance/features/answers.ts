import {
  anthropic,
  chat,
  chatGets,
  gemini,
  geminiGets,
  message,
  responses,
  responsesGets,
  told,
  toldCalls,
} from '../answers.ts';
import type { AnsweredFeature } from '../feature.ts';

const group = 'Answers';

const CALLS = [
  { id: 'call_1', name: 'weather', args: { city: 'Paris' } },
  { id: 'call_2', name: 'time', args: { city: 'Rome' } },
];
const LIKELY = {
  token: 'Yes',
  logprob: -0.5,
  bytes: [89, 101, 115],
  top_logprobs: [{ token: 'Yes', logprob: -0.5, bytes: [89, 101, 115] }],
};
const text = (value: string) => ({ type: 'text', text: value });

export const ANSWERS: readonly AnsweredFeature[] = [
  {
    group,
    name: 'text',
    ...told('Hé 👋'),
  },
  {
    group,
    name: 'calls, parallel, text beside them, streamed arguments',
    ...toldCalls(CALLS, 'I look.'),
  },
  {
    group,
    name: 'thoughts',
    answers: {
      chat: chat({ reasoning_content: 'Hmm, well.', content: 'Yes.' }),
      responses: responses([
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hmm, well.' }] },
        message('Yes.'),
      ]),
      anthropic: anthropic([{ type: 'thinking', thinking: 'Hmm, well.', signature: 'c2ln' }, text('Yes.')]),
      gemini: gemini([{ text: 'Hmm, well.', thought: true }, { text: 'Yes.' }]),
    },
    gets: {
      chat: chatGets({ reasoning_content: 'Hmm, well.', content: 'Yes.' }, 'stop'),
      responses: responsesGets([
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hmm, well.' }] },
        { type: 'message' },
      ]),
      anthropic: { content: [{ type: 'thinking', thinking: 'Hmm, well.' }, text('Yes.')] },
      gemini: geminiGets([{ text: 'Hmm, well.', thought: true }, { text: 'Yes.' }], 'STOP'),
    },
  },
  {
    group,
    name: 'citations',
    answers: {
      chat: chat({
        content: 'Paris is big.',
        annotations: [
          {
            type: 'url_citation',
            url_citation: { url: 'https://a.example/', title: 'A', start_index: 0, end_index: 5 },
          },
        ],
      }),
      responses: responses([
        message('Paris is big.', {
          annotations: [
            { type: 'url_citation', url: 'https://a.example/', title: 'A', start_index: 0, end_index: 5 },
          ],
        }),
      ]),
      anthropic: anthropic([
        {
          ...text('Paris is big.'),
          citations: [
            {
              type: 'web_search_result_location',
              url: 'https://a.example/',
              title: 'A',
              cited_text: 'big',
              encrypted_index: 'x',
            },
          ],
        },
      ]),
      gemini: gemini([{ text: 'Paris is big.' }], 'STOP', {
        groundingMetadata: {
          groundingChunks: [{ web: { uri: 'https://a.example/', title: 'A' } }],
          groundingSupports: [
            { segment: { startIndex: 0, endIndex: 5, text: 'Paris' }, groundingChunkIndices: [0] },
          ],
        },
      }),
    },
    gets: {
      chat: chatGets(
        { annotations: [{ type: 'url_citation', url_citation: { url: 'https://a.example/', title: 'A' } }] },
        'stop',
      ),
      responses: responsesGets([
        {
          type: 'message',
          content: [{ annotations: [{ type: 'url_citation', url: 'https://a.example/', title: 'A' }] }],
        },
      ]),
      anthropic: {
        content: [
          { type: 'text', text: 'Paris is big.', citations: [{ url: 'https://a.example/', title: 'A' }] },
        ],
      },
      gemini: {
        candidates: [
          { groundingMetadata: { groundingChunks: [{ web: { uri: 'https://a.example/', title: 'A' } }] } },
        ],
      },
    },
  },
  {
    group,
    name: 'several answers (n)',
    says: { chat: { n: 2 }, gemini: { generationConfig: { candidateCount: 2 } } },
    answers: {
      chat: {
        ...chat({ content: 'One' }),
        choices: [
          { index: 0, message: { role: 'assistant', content: 'One' }, finish_reason: 'stop' },
          { index: 1, message: { role: 'assistant', content: 'Two' }, finish_reason: 'length' },
        ],
      },
      gemini: {
        ...gemini([]),
        candidates: [
          { index: 0, content: { role: 'model', parts: [{ text: 'One' }] }, finishReason: 'STOP' },
          { index: 1, content: { role: 'model', parts: [{ text: 'Two' }] }, finishReason: 'MAX_TOKENS' },
        ],
      },
    },
    gets: {
      chat: {
        choices: [
          { index: 0, message: { content: 'One' }, finish_reason: 'stop' },
          { index: 1, message: { content: 'Two' }, finish_reason: 'length' },
        ],
      },
      gemini: {
        candidates: [
          { content: { parts: [{ text: 'One' }] }, finishReason: 'STOP' },
          { content: { parts: [{ text: 'Two' }] }, finishReason: 'MAX_TOKENS' },
        ],
      },
    },
  },
  {
    group,
    name: 'log probabilities',
    says: {
      chat: { logprobs: true, top_logprobs: 1 },
      responses: { include: ['message.output_text.logprobs'], top_logprobs: 1 },
      gemini: { generationConfig: { responseLogprobs: true, logprobs: 1 } },
    },
    answers: {
      chat: {
        ...chat({ content: 'Yes' }),
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: 'Yes' },
            finish_reason: 'stop',
            logprobs: { content: [LIKELY], refusal: null },
          },
        ],
      },
      responses: responses([message('Yes', { logprobs: [LIKELY] })]),
      gemini: gemini([{ text: 'Yes' }], 'STOP', {
        logprobsResult: {
          topCandidates: [{ candidates: [{ token: 'Yes', tokenId: 1, logProbability: -0.5 }] }],
          chosenCandidates: [{ token: 'Yes', tokenId: 1, logProbability: -0.5 }],
        },
      }),
    },
    gets: {
      chat: {
        choices: [
          {
            logprobs: {
              content: [{ token: 'Yes', logprob: -0.5, top_logprobs: [{ token: 'Yes', logprob: -0.5 }] }],
            },
          },
        ],
      },
      responses: responsesGets([
        {
          type: 'message',
          content: [{ logprobs: [{ token: 'Yes', logprob: -0.5, top_logprobs: [{ token: 'Yes' }] }] }],
        },
      ]),
      gemini: {
        candidates: [{ logprobsResult: { chosenCandidates: [{ token: 'Yes', logProbability: -0.5 }] } }],
      },
    },
  },
  {
    group,
    name: 'images made by the model',
    answers: {
      responses: responses([message('Here.'), { type: 'image_generation_call', result: 'aGk=' }]),
      gemini: gemini([{ text: 'Here.' }, { inlineData: { mimeType: 'image/png', data: 'aGk=' } }]),
    },
    gets: {
      chat: chatGets(
        {
          content: 'Here.',
          images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }],
        },
        'stop',
      ),
      responses: responsesGets([{ type: 'message' }, { type: 'image_generation_call', result: 'aGk=' }]),
      gemini: geminiGets([{ text: 'Here.' }, { inlineData: { data: 'aGk=' } }], 'STOP'),
    },
    mappedGets: { anthropic: { content: [text('Here.'), { type: 'text' }] } },
    near: 'a text that says so in the image’s place',
  },
];
