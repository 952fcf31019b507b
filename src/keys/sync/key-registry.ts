import { Injectable } from '@nestjs/common';

interface KnownKey {
  readonly id: string;
  readonly upstreamId: string;
  readonly version: number;
  readonly status: string;
}

/** Which stored keys this process holds, by upstream. Secrets are in KeyRing, states in PoolState. */
@Injectable()
export class KeyRegistry {
  private readonly versions = new Map<string, Map<string, number>>();
  private readonly unreadable = new Set<string>();
  private readonly exhausted = new Set<string>();

  upstreams(): string[] {
    return [...this.versions.keys()];
  }

  idsOf(upstreamId: string): string[] {
    return [...(this.versions.get(upstreamId)?.keys() ?? [])];
  }

  /** The version that was applied last; undefined for a key that is new here. */
  version(upstreamId: string, keyId: string): number | undefined {
    return this.versions.get(upstreamId)?.get(keyId);
  }

  /** Whether its ciphertext did not open here. */
  isUnreadable(keyId: string): boolean {
    return this.unreadable.has(keyId);
  }

  /** Whether the database says `exhausted`, as far as this process has heard. */
  isExhausted(keyId: string): boolean {
    return this.exhausted.has(keyId);
  }

  put(key: KnownKey, readable: boolean): void {
    let ofUpstream = this.versions.get(key.upstreamId);
    if (!ofUpstream) this.versions.set(key.upstreamId, (ofUpstream = new Map<string, number>()));
    ofUpstream.set(key.id, key.version);
    if (readable) this.unreadable.delete(key.id);
    else this.unreadable.add(key.id);
    if (key.status === 'exhausted') this.exhausted.add(key.id);
    else this.exhausted.delete(key.id);
  }

  drop(upstreamId: string, keyIds: readonly string[]): void {
    const ofUpstream = this.versions.get(upstreamId);
    for (const id of keyIds) {
      ofUpstream?.delete(id);
      this.unreadable.delete(id);
      this.exhausted.delete(id);
    }
    if (ofUpstream?.size === 0) this.versions.delete(upstreamId);
  }
}
