import {
  type Grant,
  type KeyMemory,
  type KeyState,
  type Pick,
  type PoolCounts,
  type PoolKey,
  type PoolListener,
  type PoolRules,
  PoolState,
  type Refusal,
  type Rest,
  type Settlement,
} from '../../../src/keys/pool/pool-state.js';

/**
 * A state that answers later, as one behind a network does: requests are carried out in the order in which they
 * were made, each after a delay of its own, and the answer takes its time to come back.
 */
export class DelayedPoolState extends PoolState {
  private line: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly inner: PoolState,
    private readonly random: () => number,
  ) {
    super();
  }

  listen(listener: PoolListener): void {
    this.inner.listen(listener);
  }
  isEmpty(upstreamId: string): boolean {
    return this.inner.isEmpty(upstreamId);
  }
  setRules(upstreamId: string, rules: PoolRules): Promise<void> {
    return this.later(() => this.inner.setRules(upstreamId, rules));
  }
  dropPool(upstreamId: string): Promise<void> {
    return this.later(() => this.inner.dropPool(upstreamId));
  }
  putKeys(upstreamId: string, keys: readonly PoolKey[]): Promise<void> {
    return this.later(() => this.inner.putKeys(upstreamId, keys));
  }
  dropKeys(upstreamId: string, keyIds: readonly string[]): Promise<void> {
    return this.later(() => this.inner.dropKeys(upstreamId, keyIds));
  }
  acquire(pick: Pick): Promise<Grant | Refusal> {
    return this.later(() => this.inner.acquire(pick));
  }
  peek(pick: Pick): Promise<{ readonly keyId: string } | Refusal> {
    return this.later(() => this.inner.peek(pick));
  }
  answered(grant: Grant, now: number): void {
    this.inner.answered(grant, now);
  }
  settle(grant: Grant, settlement: Settlement): Promise<void> {
    return this.later(() => this.inner.settle(grant, settlement));
  }
  rest(upstreamId: string, keyId: string, model: string | undefined, rest: Rest): Promise<void> {
    return this.later(() => this.inner.rest(upstreamId, keyId, model, rest));
  }
  lift(upstreamId: string, keyId: string): Promise<void> {
    return this.later(() => this.inner.lift(upstreamId, keyId));
  }
  restore(upstreamId: string, memories: readonly KeyMemory[]): Promise<void> {
    return this.later(() => this.inner.restore(upstreamId, memories));
  }
  state(upstreamId: string, now: number, keyIds?: readonly string[]): Promise<readonly KeyState[]> {
    return this.later(() => this.inner.state(upstreamId, now, keyIds));
  }
  counts(upstreamId: string, now: number): Promise<PoolCounts> {
    return this.later(() => this.inner.counts(upstreamId, now));
  }
  memory(upstreamId: string, keyIds: readonly string[]): Promise<readonly KeyMemory[]> {
    return this.later(() => this.inner.memory(upstreamId, keyIds));
  }

  private later<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.line.then(() => this.delay()).then(work);
    this.line = done.then(
      () => undefined,
      () => undefined,
    );
    return done.then(async (answer) => {
      await this.delay();
      return answer;
    });
  }

  private async delay(): Promise<void> {
    const turns = Math.floor(this.random() * 4);
    for (let n = 0; n < turns; n += 1) await Promise.resolve();
  }
}
