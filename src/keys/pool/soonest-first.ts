interface Entry<T> {
  readonly at: number;
  readonly item: T;
}

/** A queue by time: what is due first comes first. */
export class SoonestFirst<T> {
  private readonly heap: Entry<T>[] = [];

  add(at: number, item: T): void {
    const { heap } = this;
    const entry = { at, item };
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (heap[parent]!.at <= at) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = entry;
  }

  /** Takes out the first item whose time has come. */
  takeDue(now: number): T | undefined {
    const first = this.heap[0];
    if (!first || first.at > now) return undefined;
    const last = this.heap.pop()!;
    if (last !== first) this.sink(last);
    return first.item;
  }

  private sink(entry: Entry<T>): void {
    const { heap } = this;
    let place = 0;
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child += 1;
      if (heap[child]!.at >= entry.at) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = entry;
  }
}
