import type { Answers, Topic } from './messages.js';

export type Teller = () => unknown;

/** The other processes that serve the same port, and how to ask them. Type and injection token in one. */
export abstract class Colleagues {
  /** Processes in all, this one included. */
  abstract readonly count: number;
  /** This one's number, from 1. */
  abstract readonly number: number;

  protected readonly tellers = new Map<Topic, Teller>();

  /** What this process answers when it is asked; may be a promise. */
  onAsked(topic: Topic, teller: Teller): void {
    this.tellers.set(topic, teller);
  }

  /** The answers of all, this one included. Never rejects: one that does not answer in time has no value. */
  abstract ask(topic: Topic): Promise<Answers>;

  protected async tell(topic: Topic): Promise<unknown> {
    return this.tellers.get(topic)?.();
  }
}

/** One process serves everything. */
export class NoColleagues extends Colleagues {
  readonly count = 1;
  readonly number = 1;

  async ask(topic: Topic): Promise<Answers> {
    return {
      workers: [
        { worker: 1, pid: process.pid, isReady: true, value: await this.tell(topic).catch(() => undefined) },
      ],
    };
  }
}
