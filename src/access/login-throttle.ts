import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { KeywheelError } from '../kernel/errors.js';

const WINDOW_MS = 60_000;
const ALLOWED = 10;
/** Addresses remembered; an attacker with more of them than this must not fill our memory. */
const MOST_ADDRESSES = 10_000;

/**
 * Counts wrong credentials by address. After ten in a minute the address gets no further answer about a login,
 * right or wrong, until a minute has passed since the first of them.
 */
@Injectable()
export class LoginThrottle {
  /** Times of the last wrong logins, oldest first; at most `ALLOWED` each. */
  readonly #failures = new Map<string, number[]>();

  constructor(private readonly clock: Clock) {}

  /** @throws KeywheelError login_limit with the time to wait */
  assertMayTry(address: string): void {
    const recent = this.#recent(networkOf(address));
    if (recent.length < ALLOWED) return;
    throw new KeywheelError('login_limit', 'Too many wrong credentials from your address; wait a minute.', {
      retryAfterMs: (recent[0] as number) + WINDOW_MS - this.clock.now(),
    });
  }

  failed(address: string): void {
    const network = networkOf(address);
    const recent = [...this.#recent(network), this.clock.now()].slice(-ALLOWED);
    this.#failures.delete(network);
    this.#failures.set(network, recent);
    if (this.#failures.size > MOST_ADDRESSES) this.#forgetOldest();
  }

  #recent(network: string): number[] {
    const since = this.clock.now() - WINDOW_MS;
    return (this.#failures.get(network) ?? []).filter((at) => at > since);
  }

  #forgetOldest(): void {
    for (const oldest of this.#failures.keys()) {
      this.#failures.delete(oldest);
      return;
    }
  }
}

/** One IPv6 customer has a /64 at the least, and could take a new address for each try. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const rest = tail === undefined ? [] : tail.split(':').filter((group) => group !== '');
  while (tail !== undefined && groups.length + rest.length < 8) groups.push('0');
  return [...groups, ...rest]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
