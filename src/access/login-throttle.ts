import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../kernel/clock.js';
import { KeywheelError } from '../kernel/errors.js';
import type { LoginRules, SharedLogins } from './shared-logins.js';

/** An attacker with more addresses than these must not fill our memory. */
const RULES: LoginRules = { windowMs: 60_000, allowed: 10, mostAddresses: 10_000 };

/**
 * Counts wrong credentials by address. After ten in a minute the address gets no further answer about a login,
 * right or wrong, until a minute has passed since the first of them. Instances on one Redis count together; each
 * also remembers its own, for the time that Redis is out.
 */
export class LoginThrottle {
  /** Times of the last wrong logins, oldest first; at most `allowed` each. */
  readonly #failures: LRUCache<string, number[]>;

  /** @param shared absent: this process is the only one */
  constructor(
    private readonly clock: Clock,
    private readonly shared?: SharedLogins,
    private readonly rules = RULES,
  ) {
    this.#failures = new LRUCache({ max: rules.mostAddresses });
  }

  /** @throws KeywheelError login_limit with the time to wait */
  async assertMayTry(address: string): Promise<void> {
    const network = networkOf(address);
    refuse(this.#waitOf(network) || (await this.shared?.ask(network, this.rules, false)));
  }

  /**
   * One more wrong credential.
   * @throws KeywheelError login_limit where there were too many before
   */
  async failed(address: string): Promise<void> {
    const network = networkOf(address);
    refuse(this.#waitOf(network));
    // Counted before anything is waited for: so many at once are no way around.
    this.#failures.set(network, [...this.#recent(network), this.clock.now()]);
    refuse(await this.shared?.ask(network, this.rules, true));
  }

  #waitOf(network: string): number {
    const recent = this.#recent(network);
    if (recent.length < this.rules.allowed) return 0;
    return (recent[0] as number) + this.rules.windowMs - this.clock.now();
  }

  #recent(network: string): number[] {
    const since = this.clock.now() - this.rules.windowMs;
    return (this.#failures.peek(network) ?? []).filter((at) => at > since);
  }
}

function refuse(waitMs = 0): void {
  if (waitMs <= 0) return;
  throw new KeywheelError('login_limit', 'Too many wrong credentials from your address; wait a minute.', {
    retryAfterMs: waitMs,
  });
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
