import type { Call } from '../proxy/call.js';
import type { OwnAnswer } from './translation/operation.js';

/** Sends what Keywheel knows by itself: no upstream is asked, and no key used. */
export async function answerItself(call: Call, own: OwnAnswer): Promise<void> {
  const body = Buffer.from(JSON.stringify(await own.make()));
  if (call.stopped) return;
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'x-request-id': call.id,
    'x-keywheel-attempts': call.attempts,
    ...(own.warnings.length > 0 && { 'x-keywheel-warning': own.warnings.join(', ') }),
  };
  call.res.writeHead(200, headers).end(body);
}
