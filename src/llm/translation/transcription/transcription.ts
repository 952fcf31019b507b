import type { Upstream } from '../../../upstreams/upstream.js';
import { ADAPTERS } from '../../adapters/adapters.js';
import { CODECS } from '../../adapters/codecs.js';
import type { Candidate } from '../../candidate.js';
import type { Fields } from '../../conversation/dialect.js';
import { Notes } from '../../conversation/notes.js';
import type { LlmPath } from '../../llm-path.js';
import { answerRules } from '../generation/answer-rules.js';
import { usageOf } from '../generation/usage-of.js';
import type { AskedCall, OperationTranslation, WriteFor, WrittenCall } from '../operation.js';
import { readForm } from '../read-form.js';
import { geminiPath, jsonAnswer, jsonCall } from '../whole/json-call.js';
import type { Rewritten } from '../whole/whole-answer.js';
import { writeGeminiTranscription } from './gemini-transcription.js';
import { TranscriptSink } from './transcript-sink.js';
import { transcriptOf, usageFields } from './transcript.js';
import { readTranscriptionRequest, type TranscriptionRequest } from './transcription-request.js';

const TEXT = 'text/plain; charset=utf-8';

/** `/v1/audio/transcriptions` and `/v1/audio/translations` by Gemini's models that hear. */
export const transcription: OperationTranslation = {
  reaches({ operation }: LlmPath, { protocol }: Upstream): boolean {
    return (operation === 'transcriptions' || operation === 'translations') && protocol === 'gemini';
  },

  async read(asked: AskedCall): Promise<WriteFor> {
    const translates = asked.path.operation === 'translations';
    const request = readTranscriptionRequest(await readForm(asked.body, asked.contentType), translates);
    return (candidate) => written(asked, candidate, request);
  },
};

function written(asked: AskedCall, candidate: Candidate, request: TranscriptionRequest): WrittenCall {
  const notes = new Notes();
  const operation = request.stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  const call = jsonCall(asked, candidate, {
    path: geminiPath(candidate.model ?? asked.model, operation),
    body: writeGeminiTranscription(request, notes),
    notes,
    ...(request.format === 'text' && { contentType: TEXT }),
    rewrite: (answer) => rewritten(answer, request),
  });
  return request.stream ? { ...call, rules: streamRules(asked) } : call;
}

function rewritten(answer: Fields, { format }: TranscriptionRequest): Rewritten {
  const reply = CODECS.gemini.readReply(answer);
  const text = transcriptOf(reply);
  const usage = reply.usage && usageOf(reply.usage);
  if (format === 'text') return { bytes: Buffer.from(`${text}\n`), usage };
  return jsonAnswer({ text, ...(reply.usage && { usage: usageFields(reply.usage) }) }, usage);
}

function streamRules({ requestId, path }: AskedCall) {
  const upstream = { adapter: ADAPTERS.gemini, codec: CODECS.gemini };
  return answerRules(upstream, {
    caller: { adapter: ADAPTERS.openai, codec: CODECS.chat },
    requestId,
    operation: path.operation,
    kind: 'events',
    sink: () => new TranscriptSink(requestId),
  });
}
