import type { Upstream } from '../../../upstreams/upstream.js';
import { Notes } from '../../conversation/notes.js';
import type { LlmPath } from '../../llm-path.js';
import type { AskedCall, OperationTranslation, WriteFor } from '../operation.js';
import { readObject } from '../read-object.js';
import { geminiPath, jsonCall } from '../whole/json-call.js';
import { readGeminiSpeech, writeGeminiSpeech } from './gemini-speech.js';
import { CONTENT_TYPES, soundOf } from './sound.js';
import { readSpeechRequest } from './speech-request.js';

/** `/v1/audio/speech` by Gemini's models that speak. */
export const speech: OperationTranslation = {
  reaches({ operation }: LlmPath, { protocol }: Upstream): boolean {
    return operation === 'speech' && protocol === 'gemini';
  },

  read(asked: AskedCall): WriteFor {
    const request = readSpeechRequest(readObject(asked.body));
    return (candidate) => {
      const notes = new Notes();
      return jsonCall(asked, candidate, {
        path: geminiPath(candidate.model ?? asked.model, 'generateContent'),
        body: writeGeminiSpeech(request, notes),
        notes,
        contentType: CONTENT_TYPES[request.format],
        rewrite: async (answer) => {
          const { pcm, usage } = readGeminiSpeech(answer);
          return { bytes: await soundOf(pcm, request.format), usage };
        },
      });
    };
  },
};
