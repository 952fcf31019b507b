import type { Answers, Topic, ToPrimary, ToWorker } from './messages.js';
import { replacementFor } from './replacement.js';
import { type Bequeath, Questions } from './questions.js';

/** A process that was forked; node:cluster's Worker fits. */
export interface Forked {
  readonly pid: number;
  readonly send: (message: ToWorker) => void;
  readonly kill: () => void;
  /** `onEnd` gets the exit code, undefined where a signal ended the process. */
  readonly listen: (
    onMessage: (message: ToPrimary) => void,
    onEnd: (code: number | undefined) => void,
  ) => void;
}

export interface PrimaryOptions {
  readonly workers: number;
  readonly fork: (number: number) => Forked;
  /** Once, when every worker has started or has failed to: where the first answers. */
  readonly onReady: (url: string, adminUrl: string) => void;
  /** What a worker that has ended leaves behind, added to what others left. */
  readonly bequeath: Bequeath;
  readonly log: { readonly error: (fields: object, message: string) => void };
}

/** A worker's place: who holds it, and how those before have fared. */
interface Place {
  readonly number: number;
  forked?: Forked;
  isReady: boolean;
  since: number;
  deaths: number;
  /** Whether its first start has come to something. */
  isTried: boolean;
  timer?: NodeJS.Timeout;
}

/**
 * Keeps a number of workers running. The first starts alone, so that what only one may do (migrations, the first
 * start of an empty database) is done when the others come.
 */
export class Primary {
  private readonly places: Place[];
  private readonly questions: Questions;
  private urls: { url: string; adminUrl: string } | undefined;
  private isEnding = false;
  private exitCode = 0;
  private finish!: (code: number) => void;

  constructor(private readonly options: PrimaryOptions) {
    this.questions = new Questions(options.bequeath);
    this.places = Array.from({ length: options.workers }, (_, index) => ({
      number: index + 1,
      isReady: false,
      since: 0,
      deaths: 0,
      isTried: false,
    }));
  }

  /** Resolves with the exit code when all has ended. */
  run(): Promise<number> {
    return new Promise((resolve) => {
      this.finish = resolve;
      this.start(this.places[0]!);
    });
  }

  /** Asks all workers to let their calls finish and to end. */
  drain(): void {
    this.isEnding = true;
    for (const place of this.places) {
      clearTimeout(place.timer);
      place.forked?.send({ keywheel: 'drain' });
    }
    this.finishIfAllEnded();
  }

  /** Ends all workers now. */
  kill(): void {
    this.isEnding = true;
    for (const { forked, timer } of this.places) {
      clearTimeout(timer);
      forked?.kill();
    }
  }

  private start(place: Place): void {
    const forked = this.options.fork(place.number);
    place.forked = forked;
    place.since = performance.now();
    forked.listen(
      (message) => this.hear(place, forked, message),
      (code) => this.ended(place, code),
    );
  }

  private hear(place: Place, forked: Forked, message: ToPrimary): void {
    switch (message.keywheel) {
      case 'ready':
        return this.ready(place, forked, message);
      case 'ask':
        return void this.ask(forked, message.id, message.topic);
      case 'told':
        return this.questions.told(place.number, message.id, message.topic, message.value);
    }
  }

  private ready(place: Place, forked: Forked, { url, adminUrl }: { url: string; adminUrl: string }): void {
    place.isReady = true;
    place.since = performance.now();
    this.urls ??= { url, adminUrl };
    // What was sent while it started may have come too early.
    if (this.isEnding) return forked.send({ keywheel: 'drain' });
    for (const other of this.places) if (other.since === 0) this.start(other);
    this.tried(place);
  }

  private async ask(asker: Forked, id: number, topic: Topic): Promise<void> {
    const answers: Answers = await this.questions.ask(
      topic,
      this.places.map(({ number, forked, isReady }) => ({ number, forked, isReady })),
    );
    asker.send({ keywheel: 'answers', id, answers });
  }

  private ended(place: Place, code: number | undefined): void {
    const { forked, isReady: wasReady } = place;
    place.forked = undefined;
    place.isReady = false;
    this.questions.ended(place.number);
    if (this.isEnding) {
      if (code !== 0) this.exitCode ||= 1;
      return this.finishIfAllEnded();
    }
    const othersServe = this.places.some((other) => other.isReady);
    const livedMs = performance.now() - place.since;
    const next = replacementFor({ code, livedMs, before: place.deaths, wasReady, othersServe });
    const fields = { worker: place.number, workerPid: forked?.pid, code };
    if ('exit' in next) {
      this.options.log.error(fields, 'a worker has ended; none serves, and starting it again does not help');
      this.exitCode = next.exit;
      this.kill();
      return this.finishIfAllEnded();
    }
    this.options.log.error(
      { ...fields, waitMs: next.waitMs },
      'a worker has ended; another one takes its place',
    );
    place.deaths = next.deaths;
    place.timer = setTimeout(() => this.start(place), next.waitMs);
    this.tried(place);
  }

  private tried(place: Place): void {
    if (this.places.every(({ isTried }) => isTried)) return;
    place.isTried = true;
    if (this.urls && this.places.every(({ isTried }) => isTried))
      this.options.onReady(this.urls.url, this.urls.adminUrl);
  }

  private finishIfAllEnded(): void {
    if (this.places.every(({ forked }) => forked === undefined)) this.finish(this.exitCode);
  }
}
