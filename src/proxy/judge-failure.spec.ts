import { describe, expect, it } from 'vitest';
import { KeywheelError } from '../kernel/errors.js';
import { judgeFailure, TimeOut } from './judge-failure.js';

const NOT_SENT = { sent: false, answered: false };
const SENT = { sent: true, answered: false };

function fault(code: string, more: object = {}): Error {
  return Object.assign(new Error(code), { code, ...more });
}

describe('judgeFailure', () => {
  it.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'UND_ERR_CONNECT_TIMEOUT',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('%s before anything was sent may be repeated whatever the method', (code) => {
    const { verdict, unsent, error } = judgeFailure(fault(code), NOT_SENT);
    expect(verdict).toMatchObject({ blame: 'upstream', retry: 'attempt', elsewhere: true });
    expect(verdict.effect).toBeUndefined();
    expect(unsent).toBe(true);
    expect(error.status).toBe(502);
  });

  it('a reset of a fresh connection after the body went out is repeated only where that harms nothing', () => {
    expect(judgeFailure(fault('ECONNRESET'), SENT).unsent).toBe(false);
    expect(judgeFailure(fault('UND_ERR_SOCKET', { socket: { bytesRead: 0 } }), SENT).unsent).toBe(false);
  });

  it('a reset of a reused connection before any byte came back is a race with its closing', () => {
    expect(judgeFailure(fault('UND_ERR_SOCKET', { socket: { bytesRead: 512 } }), SENT).unsent).toBe(true);
    const answered = { sent: true, answered: true };
    expect(judgeFailure(fault('UND_ERR_SOCKET', { socket: { bytesRead: 512 } }), answered).unsent).toBe(
      false,
    );
  });

  it('a silent upstream is a 504', () => {
    const { error, verdict, unsent } = judgeFailure(new TimeOut('first_byte'), SENT);
    expect(error.status).toBe(504);
    expect(verdict.reason).toBe('timeout_first_byte');
    expect(unsent).toBe(false);
  });

  it('what is not the upstream’s doing is neither its fault nor repeated', () => {
    const refused = judgeFailure(new KeywheelError('upstream_refused', 'x'), NOT_SENT);
    expect(refused.verdict).toMatchObject({ blame: 'setup', retry: 'no' });
    const large = judgeFailure(new KeywheelError('body_too_large', 'x'), SENT);
    expect(large.verdict).toMatchObject({ blame: 'unknown', retry: 'no' });
    expect(large.error.status).toBe(413);
  });
});
