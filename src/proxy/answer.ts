import { KeywheelError } from '../kernel/errors.js';
import { OK, type Verdict } from '../kernel/verdict.js';
import { answerHeaders } from './answer-headers.js';
import type { Tried } from './attempts.js';
import type { Call } from './call.js';
import type { Plan } from './plan.js';
import { relay } from './relay.js';

const BROKEN: Verdict = Object.freeze({ blame: 'upstream', reason: 'stream_broken', retry: 'no' });
const STOPPED: Verdict = Object.freeze({ blame: 'unknown', reason: 'client_gone', retry: 'no' });

/**
 * Gives the client what the last attempt brought: an answer as it came, or, where it speaks of our key and not
 * of the client's call, an error of our own. Resolves to what became of a good answer on its way.
 */
export async function answer(call: Call, plan: Plan, tried: Tried): Promise<Verdict> {
  const { exchange, verdict } = tried;
  if (verdict.blame === 'key') {
    exchange.abort(new Error('not passed on'));
    throw new KeywheelError(
      'upstream_broken',
      'The upstream refused the key, and the call cannot be repeated.',
    );
  }
  const events = isEventStream(exchange.headers['content-type']);
  call.streamed = events;
  let headers = answerHeaders(call, exchange);
  if (plan.onAnswer && exchange.ended && exchange.status < 300) {
    const whole = await plan.onAnswer({ headers, body: Buffer.concat(exchange.held) }, tried.lease.keyId);
    headers = whole.headers;
    exchange.held = [whole.body];
  }
  const ending = await relay(
    call,
    exchange,
    { status: exchange.status, headers },
    {
      events: events && exchange.watch !== undefined,
      breakEvent: () => plan.rules.breakEvent(breakError(call), call.id),
    },
  );
  if (ending.kind === 'complete') return OK;
  return ending.kind === 'broken' ? BROKEN : STOPPED;
}

function isEventStream(contentType: string | undefined): boolean {
  return contentType?.startsWith('text/event-stream') ?? false;
}

function breakError(call: Call): KeywheelError {
  return call.stopped === 'draining'
    ? new KeywheelError('draining', 'Keywheel is shutting down; the answer is not complete.')
    : new KeywheelError('upstream_broken', 'The upstream broke off; the answer is not complete.');
}
