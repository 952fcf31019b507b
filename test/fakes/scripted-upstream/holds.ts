/** Named gates at which an answer waits until a test opens them. */
export class Holds {
  private readonly open = new Set<string>();
  private readonly waiting = new Map<string, (() => void)[]>();

  wait(name: string): Promise<void> {
    if (this.open.has(name)) return Promise.resolve();
    return new Promise((resolve) => this.waiting.set(name, [...(this.waiting.get(name) ?? []), resolve]));
  }

  release(name: string): void {
    this.open.add(name);
    for (const resolve of this.waiting.get(name) ?? []) resolve();
    this.waiting.delete(name);
  }
}
