import type { Answer, Answers, Topic, ToWorker } from './messages.js';

/** How long the slowest worker may take: one that is busy for longer is told of as it was seen last. */
const PATIENCE_MS = 1_000;

/** A worker's place, as far as questions need it. */
export interface Asked {
  readonly number: number;
  readonly isReady: boolean;
  readonly forked?: { readonly pid: number; readonly send: (message: ToWorker) => void } | undefined;
}

interface Open {
  readonly missing: Set<number>;
  readonly done: () => void;
}

/** Of what those before have left and what this one said last; may be a promise. */
export type Bequeath = Readonly<Record<Topic, (remains: unknown, last: unknown) => unknown>>;

/** Puts questions to all workers and gathers what they say; remembers what each said last. */
export class Questions {
  private readonly open = new Map<number, Open>();
  /** By topic, then by number. */
  private readonly last = new Map<Topic, Map<number, unknown>>();
  private readonly remains = new Map<Topic, unknown>();
  private lastId = 0;

  constructor(
    private readonly bequeath: Bequeath,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  async ask(topic: Topic, all: readonly Asked[]): Promise<Answers> {
    const ready = all.filter(({ forked, isReady }) => forked && isReady);
    await this.gather(topic, ready);
    const known = this.known(topic);
    const workers = all.flatMap<Answer>(({ number, forked, isReady }) =>
      forked ? [{ worker: number, pid: forked.pid, isReady, value: known.get(number) }] : [],
    );
    return { workers, remains: await this.remains.get(topic) };
  }

  /** An answer has come; a late one still counts as what was said last. */
  told(number: number, id: number, topic: Topic, value: unknown): void {
    if (value !== undefined) this.known(topic).set(number, value);
    this.heard(number, this.open.get(id));
  }

  /** The worker with this number is gone. */
  ended(number: number): void {
    for (const [topic, known] of this.last) {
      if (!known.has(number)) continue;
      const [before, last] = [this.remains.get(topic), known.get(number)];
      known.delete(number);
      this.remains.set(
        topic,
        Promise.resolve(before).then((remains) => this.bequeath[topic](remains, last)),
      );
    }
    for (const question of [...this.open.values()]) this.heard(number, question);
  }

  private gather(topic: Topic, ready: readonly Asked[]): Promise<void> {
    if (ready.length === 0) return Promise.resolve();
    const id = (this.lastId += 1);
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.open.delete(id);
        resolve();
      };
      const timer = setTimeout(done, this.patienceMs);
      this.open.set(id, { missing: new Set(ready.map(({ number }) => number)), done });
      for (const { forked } of ready) forked!.send({ keywheel: 'tell', id, topic });
    });
  }

  private heard(number: number, question: Open | undefined): void {
    if (question?.missing.delete(number) && question.missing.size === 0) question.done();
  }

  private known(topic: Topic): Map<number, unknown> {
    let known = this.last.get(topic);
    if (!known) this.last.set(topic, (known = new Map<number, unknown>()));
    return known;
  }
}
