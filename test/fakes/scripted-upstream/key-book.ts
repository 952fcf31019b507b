import { asBehaviour, type Behaviour, type KeyScript, type Scripted } from './behaviour.ts';

interface KeyEntry {
  readonly group: string;
  readonly script: Behaviour[];
  readonly then: Behaviour;
}

/** The keys that the upstream knows, and what each does next. */
export class KeyBook {
  private readonly entries = new Map<string, KeyEntry>();
  private readonly forAnyone: Behaviour[] = [];

  set(key: string, { script = [], then = 'good', group = key }: KeyScript = {}): void {
    this.entries.set(key, { group, script: script.map(asBehaviour), then: asBehaviour(then) });
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  groupOf(key: string): string {
    return this.entries.get(key)?.group ?? key;
  }

  /** The next requests do this, whatever key they carry. */
  next(...behaviours: readonly Scripted[]): void {
    this.forAnyone.push(...behaviours.map(asBehaviour));
  }

  take(key: string): Behaviour {
    const entry = this.entries.get(key);
    if (!entry) return { kind: 'invalid_key' };
    return this.forAnyone.shift() ?? entry.script.shift() ?? entry.then;
  }

  clear(): void {
    this.entries.clear();
    this.forAnyone.length = 0;
  }
}
