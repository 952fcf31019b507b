import type { PoolListener } from './pool-state.js';

/** Tells everyone who listens. */
export class Listeners implements PoolListener {
  private readonly all: PoolListener[] = [];

  add(listener: PoolListener): void {
    this.all.push(listener);
  }

  onFree(upstreamId: string): void {
    for (const listener of this.all) listener.onFree(upstreamId);
  }

  onChanged(upstreamId: string, keyIds: readonly string[]): void {
    for (const listener of this.all) listener.onChanged(upstreamId, keyIds);
  }

  onInvalid(upstreamId: string, keyId: string, reason: string, confirm: boolean): void {
    for (const listener of this.all) listener.onInvalid(upstreamId, keyId, reason, confirm);
  }
}
