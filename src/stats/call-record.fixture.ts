import type { CallRecord } from './call-record.js';

/** A call that went well, for tests to vary. */
export function callRecord(changes: Partial<CallRecord> = {}): CallRecord {
  return {
    requestId: 'req_1',
    startedAt: 0,
    method: 'POST',
    path: '/v1/chat/completions',
    operation: 'chat',
    tokenId: 'token-1',
    upstream: 'openai',
    model: 'gpt-5',
    keyId: 'key-1',
    status: 200,
    outcome: 'ok',
    streamed: false,
    attempts: 1,
    goodAttempt: true,
    durationMs: 120,
    firstByteMs: 80,
    waitedMs: 0,
    inputTokens: 100,
    outputTokens: 20,
    cachedTokens: 0,
    ...changes,
  };
}
