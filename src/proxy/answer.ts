import { KeywheelError } from '../kernel/errors.js';
import type { MaybePromise } from '../kernel/maybe-promise.js';
import { answerHeaders } from './answer-headers.js';
import type { Tried } from './attempts.js';
import { breakOff } from './break-off.js';
import type { Call } from './call.js';
import type { Exchange } from './exchange.js';
import type { Plan } from './plan.js';
import { type Ending, relay } from './relay.js';

/**
 * Gives the client what the last attempt brought: an answer as it came, or, where it speaks of our key and not
 * of the client's call, an error of our own. Tells how a good answer ended on its way.
 */
export function answer(call: Call, plan: Plan, tried: Tried): MaybePromise<Ending> {
  const { exchange } = tried;
  if (tried.verdict.blame === 'key') {
    exchange.abort('not passed on');
    throw new KeywheelError(
      'upstream_broken',
      'The upstream refused the key, and the call cannot be repeated.',
    );
  }
  if (exchange.status >= 400 && call.res.headersSent) return refuseLate(call, exchange);
  if (exchange.status >= 400 && exchange.rules.rewriteError) rewriteError(exchange);
  const headers = answerHeaders(call, exchange, tried.target.warnings);
  if (plan.onAnswer && exchange.ended && exchange.status < 300)
    return answerWhole(call, plan, tried, headers);
  return relay(call, exchange, headers, exchange.rules, plan.findText);
}

/** The head of a stream is out, so a refusal can only be told as an event. */
function refuseLate(call: Call, exchange: Exchange): Ending {
  const { rules, status, held } = exchange;
  const broken = new KeywheelError('upstream_broken', `The upstream answered ${status}.`);
  const event =
    rules.errorEvent?.(status, Buffer.concat(held).toString('utf8')) ?? rules.breakEvent(broken, call.id);
  exchange.abort('not passed on');
  breakOff(call.res, call.streamed ? event : '');
  return 'broken';
}

/** Puts the upstream's refusal into the client's own envelope; what was too long to be held is left out of it. */
function rewriteError(exchange: Exchange): void {
  const body = Buffer.concat(exchange.held).toString('utf8');
  exchange.abort('the rest is not passed on');
  exchange.failure = undefined;
  exchange.ended = true;
  exchange.held = [exchange.rules.rewriteError!(exchange.status, body)];
}

/** An answer that has to be read, and perhaps changed, before the client gets it. */
async function answerWhole(call: Call, plan: Plan, tried: Tried, headers: string[]): Promise<Ending> {
  const { exchange, lease } = tried;
  const whole = await plan.onAnswer!({ headers, body: Buffer.concat(exchange.held) }, lease.keyId);
  exchange.held = [whole.body];
  return relay(call, exchange, whole.headers, exchange.rules);
}
