import { Colleagues } from './colleagues.js';
import { type Answers, isOurs, type Topic, type ToPrimary, type ToWorker } from './messages.js';

/** Longer than the primary waits for the slowest: silence then means that the primary is gone. */
const PATIENCE_MS = 3_000;

/** The part of `process` that a worker speaks through. */
export interface Channel {
  readonly pid: number;
  readonly send: (message: ToPrimary) => void;
  readonly on: (event: 'message', listener: (message: unknown) => void) => unknown;
}

/** The other workers, asked through the primary. */
export class ChannelColleagues extends Colleagues {
  private readonly open = new Map<number, (answers: Answers) => void>();
  private lastId = 0;

  constructor(
    private readonly channel: Channel,
    readonly count: number,
    readonly number: number,
    private readonly onDrain: () => void,
  ) {
    super();
    channel.on('message', (message) => {
      if (isOurs(message)) this.hear(message as ToWorker);
    });
  }

  ready(url: string, adminUrl: string): void {
    this.channel.send({ keywheel: 'ready', url, adminUrl });
  }

  ask(topic: Topic): Promise<Answers> {
    const id = (this.lastId += 1);
    return new Promise((resolve) => {
      const timer = setTimeout(() => void this.alone(topic).then(end), PATIENCE_MS);
      const end = (answers: Answers) => {
        clearTimeout(timer);
        this.open.delete(id);
        resolve(answers);
      };
      this.open.set(id, end);
      this.channel.send({ keywheel: 'ask', id, topic });
    });
  }

  private hear(message: ToWorker): void {
    switch (message.keywheel) {
      case 'drain':
        return this.onDrain();
      case 'tell':
        return void this.answer(message.id, message.topic);
      case 'answers':
        return this.open.get(message.id)?.(message.answers);
    }
  }

  private async answer(id: number, topic: Topic): Promise<void> {
    const value = await this.tell(topic).catch(() => undefined);
    this.channel.send({ keywheel: 'told', id, topic, value });
  }

  /** What is known without the primary. */
  private async alone(topic: Topic): Promise<Answers> {
    const value = await this.tell(topic).catch(() => undefined);
    return { workers: [{ worker: this.number, pid: this.channel.pid, isReady: true, value }] };
  }
}
