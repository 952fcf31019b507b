import type { ReplyEvent } from './reply-events.js';

/**
 * Puts the parts of one candidate in a row, for dialects that have one open part at a time: news of a part that
 * opened while another was open waits until that one is closed. Holds no more than the upstream interleaves.
 */
export class InTurn {
  private current: number | undefined;
  private readonly waiting = new Map<number, ReplyEvent[]>();

  /** What may be written now, in order. */
  next(event: ReplyEvent): readonly ReplyEvent[] {
    if (event.type === 'finish' || event.type === 'fault') return [...this.flush(), event];
    if (!('part' in event)) return [event];
    if (this.current === undefined && this.waiting.size === 0) return this.pass(event);
    if (event.part === this.current) return event.type === 'close' ? [event, ...this.afterClose()] : [event];
    const queue = this.waiting.get(event.part);
    if (queue) queue.push(event);
    else this.waiting.set(event.part, [event]);
    return [];
  }

  private pass(event: ReplyEvent & { readonly part: number }): readonly ReplyEvent[] {
    if (event.type === 'open') this.current = event.part;
    return [event];
  }

  /** The parts that waited, up to the first that is not closed yet: it is the open one now. */
  private afterClose(): ReplyEvent[] {
    this.current = undefined;
    const out: ReplyEvent[] = [];
    for (const [part, events] of this.waiting) {
      this.waiting.delete(part);
      out.push(...events);
      if (isDone(events)) continue;
      this.current = part;
      break;
    }
    return out;
  }

  /** Everything that waits, whether it was closed or not. */
  private flush(): ReplyEvent[] {
    const out: ReplyEvent[] = [];
    while (this.waiting.size > 0) out.push(...this.afterClose());
    return out;
  }
}

function isDone(events: readonly ReplyEvent[]): boolean {
  const { type } = events.at(-1)!;
  return type === 'close' || type === 'whole';
}
