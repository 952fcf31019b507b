import type { Upstream } from '../../../upstreams/upstream.js';
import type { Candidate } from '../../candidate.js';
import type { Fields } from '../../conversation/dialect.js';
import { Notes, refuse } from '../../conversation/notes.js';
import type { LlmPath } from '../../llm-path.js';
import type { AskedCall, OperationTranslation, WriteFor } from '../operation.js';
import { readObject } from '../read-object.js';
import { geminiPath, jsonAnswer, jsonCall } from '../whole/json-call.js';
import type { EmbeddingRequest, Embeddings } from './embedding-request.js';
import {
  readBatch,
  readEmbedContent,
  readGeminiAnswer,
  writeGemini,
  writeGeminiAnswer,
} from './gemini-embeddings.js';
import { readOpenAi, readOpenAiAnswer, writeOpenAi, writeOpenAiAnswer } from './openai-embeddings.js';

const READERS: Readonly<Record<string, (body: Fields) => EmbeddingRequest>> = {
  embeddings: readOpenAi,
  embedContent: readEmbedContent,
  batchEmbedContents: readBatch,
};

/** Vectors of texts: OpenAI's protocol and Gemini's, each to the other. Anthropic has none. */
export const embeddings: OperationTranslation = {
  reaches({ operation, protocol }: LlmPath, upstream: Upstream): boolean {
    const other = protocol === 'openai' ? 'gemini' : 'openai';
    return Object.hasOwn(READERS, operation) && upstream.protocol === other;
  },

  read(asked: AskedCall): WriteFor {
    const request = READERS[asked.path.operation]!(readObject(asked.body));
    return (candidate) =>
      candidate.upstream.protocol === 'gemini'
        ? toGemini(asked, candidate, request)
        : toOpenAi(asked, candidate, request);
  },
};

function toGemini(asked: AskedCall, candidate: Candidate, request: EmbeddingRequest) {
  const { upstream, model = asked.model } = candidate;
  if (upstream.preset === 'vertex-express') refuse('Vertex AI in express mode has no embeddings.', 'model');
  const { operation, body } = writeGemini(request, model);
  return jsonCall(asked, candidate, {
    path: geminiPath(model, operation),
    body,
    notes: droppedOf(request),
    rewrite: (answer) => {
      const made = complete(readGeminiAnswer(answer), request);
      return jsonAnswer(writeOpenAiAnswer(made, request, asked.model), usageOf(made));
    },
  });
}

function toOpenAi(asked: AskedCall, candidate: Candidate, request: EmbeddingRequest) {
  return jsonCall(asked, candidate, {
    path: '/v1/embeddings',
    body: writeOpenAi(request, candidate.model ?? asked.model),
    notes: droppedOf(request),
    rewrite: (answer) => {
      const made = complete(readOpenAiAnswer(answer), request);
      return jsonAnswer(writeGeminiAnswer(made, request), usageOf(made));
    },
  });
}

function droppedOf({ others }: EmbeddingRequest): Notes {
  const notes = new Notes();
  for (const field of others) notes.dropped(field);
  return notes;
}

/** A caller takes the vectors by their places, so none may be missing. */
function complete(made: Embeddings, { texts }: EmbeddingRequest): Embeddings {
  if (made.vectors.length === texts.length) return made;
  throw new Error(`${made.vectors.length} vectors for ${texts.length} texts`);
}

function usageOf({ tokens }: Embeddings) {
  return tokens === undefined ? undefined : { input: tokens, output: 0, cached: 0 };
}
