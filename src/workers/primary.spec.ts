import { describe, expect, it, vi } from 'vitest';
import { type Forked, Primary } from './primary.js';
import type { ToPrimary, ToWorker } from './messages.js';

class Fake implements Forked {
  readonly sent: ToWorker[] = [];
  says!: (message: ToPrimary) => void;
  ends!: (code: number | undefined) => void;
  readonly kill = vi.fn(() => this.ends(undefined));

  constructor(
    readonly number: number,
    readonly pid: number,
  ) {}

  send = (message: ToWorker) => void this.sent.push(message);

  listen(onMessage: (message: ToPrimary) => void, onEnd: (code: number | undefined) => void): void {
    this.says = onMessage;
    this.ends = onEnd;
  }

  ready(): void {
    this.says({ keywheel: 'ready', url: `http://${this.pid}`, adminUrl: 'a' });
  }
}

function setUp(workers: number) {
  const forks: Fake[] = [];
  const announced: string[] = [];
  const lines: string[] = [];
  const primary = new Primary({
    workers,
    fork: (number) => {
      const forked = new Fake(number, forks.length + 1);
      forks.push(forked);
      return forked;
    },
    onReady: (url) => announced.push(url),
    bequeath: { metrics: () => undefined, health: () => undefined, changes: () => undefined },
    log: { error: (_, message) => lines.push(message) },
  });
  return { forks, announced, lines, primary, code: primary.run() };
}

const numbers = (forks: readonly Fake[]) => forks.map(({ number }) => number);

describe('the primary', () => {
  it('starts one, then the others, and says once where they answer', () => {
    const { forks, announced } = setUp(3);
    expect(numbers(forks)).toEqual([1]);
    forks[0]!.ready();
    expect(numbers(forks)).toEqual([1, 2, 3]);
    forks[1]!.ready();
    expect(announced).toEqual([]);
    forks[2]!.ready();
    expect(announced).toEqual(['http://1']);
  });

  it('puts another in the place of one that ends, with one line', async () => {
    const { forks, announced, lines } = setUp(2);
    for (let at = 0; at < 2; at += 1) forks[at]!.ready();
    forks[1]!.ends(undefined);
    await vi.waitFor(() => expect(numbers(forks)).toEqual([1, 2, 2]));
    forks[2]!.ready();
    expect(lines).toHaveLength(1);
    expect(announced).toHaveLength(1);
  });

  it('drains all and ends with 0 when all have, those that start included', async () => {
    const { forks, primary, code } = setUp(2);
    forks[0]!.ready();
    primary.drain();
    forks[1]!.ready();
    expect(forks.map(({ sent }) => sent.map(({ keywheel }) => keywheel))).toEqual([
      ['drain'],
      ['drain', 'drain'],
    ]);
    for (const forked of forks) forked.ends(0);
    expect(await code).toBe(0);
    expect(forks).toHaveLength(2);
  });

  it('tells by its code that an end was not clean', async () => {
    const { forks, primary, code } = setUp(1);
    forks[0]!.ready();
    primary.drain();
    forks[0]!.ends(undefined);
    expect(await code).toBe(1);
  });

  it('ends all at once when told twice', async () => {
    const { forks, primary, code } = setUp(2);
    forks[0]!.ready();
    primary.drain();
    primary.kill();
    expect(await code).toBe(1);
  });

  it('gives up where the environment is wrong', async () => {
    const { forks, code } = setUp(2);
    forks[0]!.ends(78);
    expect(await code).toBe(78);
    expect(forks).toHaveLength(1);
  });

  it('passes questions on and answers them', async () => {
    const { forks } = setUp(2);
    for (let at = 0; at < 2; at += 1) forks[at]!.ready();
    forks[0]!.says({ keywheel: 'ask', id: 7, topic: 'health' });
    for (const { sent, says } of forks) {
      const told = sent.find(({ keywheel }) => keywheel === 'tell') as Extract<
        ToWorker,
        { keywheel: 'tell' }
      >;
      says({ keywheel: 'told', id: told.id, topic: told.topic, value: 'well' });
    }
    const answers = {
      workers: [
        { worker: 1, pid: 1, isReady: true, value: 'well' },
        { worker: 2, pid: 2, isReady: true, value: 'well' },
      ],
    };
    await vi.waitFor(() =>
      expect(forks[0]!.sent).toContainEqual({
        keywheel: 'answers',
        id: 7,
        answers: expect.objectContaining(answers),
      }),
    );
  });
});
