/** What both upstreams say: a chat completion of one kilobyte, or events of a stream. */
export const COMPLETION = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'gpt-4o-mini',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'x'.repeat(640), refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 200, completion_tokens: 160, total_tokens: 360 },
});

/** One event of a stream. It says when it left, so that whoever reads it knows how long it was under way. */
export function event(isLast: boolean): string {
  const delta = isLast ? {} : { content: 'token ' };
  const choices = [{ index: 0, delta, finish_reason: isLast ? 'stop' : null }];
  const sent = performance.timeOrigin + performance.now();
  const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_790_000_000 };
  const data = `data: ${JSON.stringify({ ...head, model: 'gpt-4o-mini', choices, sent })}\n\n`;
  return isLast ? `${data}data: [DONE]\n\n` : data;
}

/** A whole stream in one piece. */
export function burst(events: number): string {
  return Array.from({ length: events }, (_, index) => event(index === events - 1)).join('');
}

/** Of keys whose number is even, where the upstream is told to rest half of them. */
export const REFUSED = JSON.stringify({
  error: { message: 'Rate limit reached', type: 'requests', param: null, code: 'rate_limit_exceeded' },
});
export const REFUSED_KEYS = '[02468]$';
export const REST_SECONDS = 3600;
