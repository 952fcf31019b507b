import type { Limit } from '../../../src/kernel/limits.js';
import { CALLER_FAULT, type KeyEffect, OK, type Verdict } from '../../../src/kernel/verdict.js';
import type {
  Grant,
  KeyState,
  Pick,
  PoolKey,
  PoolRules,
  PoolState,
  Refusal,
  Settlement,
} from '../../../src/keys/pool/pool-state.js';

export type CreateState = (random: () => number) => PoolState;

export const UPSTREAM_FAULT: Verdict = { blame: 'upstream', reason: 'upstream_error', retry: 'attempt' };
export { CALLER_FAULT, OK };

const RULES: PoolRules = { rotation: 'round_robin', limits: [], dayZone: 'America/Los_Angeles' };

export function key(id: string, more: Partial<PoolKey> = {}): PoolKey {
  return { id, weight: 1, priority: 0, limits: [], ...more };
}

export function limited(effect: Partial<KeyEffect> = {}): Verdict {
  return {
    blame: 'quota',
    reason: 'rate_limited',
    effect: { to: 'cooling', share: 'key', models: 'all', ...effect },
    retry: 'next_key',
  };
}

/** One pool at a time of its own, spoken to as a call would. */
export class Driver {
  /** A Monday noon in Los Angeles. */
  now = Date.parse('2026-11-16T20:00:00Z');
  readonly events: string[] = [];

  constructor(readonly state: PoolState) {
    state.listen({
      onFree: () => this.events.push('free'),
      onChanged: (_, keyIds) => this.events.push(`changed ${keyIds.join()}`),
      onInvalid: (_, keyId, reason, confirm) => this.events.push(`invalid ${keyId} ${reason} ${confirm}`),
    });
  }

  static async of(
    create: CreateState,
    keys: readonly PoolKey[],
    rules: Partial<PoolRules> = {},
  ): Promise<Driver> {
    const driver = new Driver(create(() => 0));
    await driver.rules(rules);
    await driver.put(...keys);
    return driver;
  }

  async rules(rules: Partial<PoolRules>): Promise<void> {
    await this.state.setRules('u', { ...RULES, ...rules });
  }

  async put(...keys: readonly PoolKey[]): Promise<void> {
    await this.state.putKeys('u', keys);
  }

  async ask(pick: Partial<Pick> = {}): Promise<Grant | Refusal> {
    return this.state.acquire({ upstreamId: 'u', tokens: 1, tried: new Set(), now: this.now, ...pick });
  }

  /** A grant, or the test fails. */
  async take(pick: Partial<Pick> = {}): Promise<Grant> {
    const answer = await this.ask(pick);
    if (answer.keyId === undefined) throw new Error(`refused: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** A refusal, or the test fails. */
  async refused(pick: Partial<Pick> = {}): Promise<Refusal> {
    const answer = await this.ask(pick);
    if (answer.keyId !== undefined) throw new Error(`was lent ${answer.keyId}`);
    return answer;
  }

  async settle(grant: Grant, verdict: Verdict = OK, more: Partial<Settlement> = {}): Promise<void> {
    await this.state.settle(grant, { verdict, now: this.now, ...more });
  }

  /** A whole call; answers which key served it. */
  async call(pick: Partial<Pick> = {}, verdict: Verdict = OK): Promise<string> {
    const grant = await this.take(pick);
    await this.settle(grant, verdict);
    return grant.keyId;
  }

  /** A call whose first word takes so long, while nothing else happens. */
  async answeredAfter(ms: number, pick: Partial<Pick> = {}): Promise<string> {
    const grant = await this.take(pick);
    this.now += ms;
    this.state.answered(grant, this.now);
    await this.settle(grant);
    return grant.keyId;
  }

  async calls(count: number, pick: Partial<Pick> = {}): Promise<string[]> {
    const served: string[] = [];
    for (let n = 0; n < count; n += 1) served.push(await this.call(pick));
    return served;
  }

  async stateOf(keyId: string): Promise<KeyState> {
    const [found] = await this.state.state('u', this.now, [keyId]);
    if (!found) throw new Error(`no key ${keyId}`);
    return found;
  }
}

export function declare(...limits: Limit[]): { limits: Limit[] } {
  return { limits };
}

export function share(served: readonly string[], id: string): number {
  return served.filter((one) => one === id).length / served.length;
}
