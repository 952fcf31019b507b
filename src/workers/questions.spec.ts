import { describe, expect, it } from 'vitest';
import type { ToWorker } from './messages.js';
import { type Asked, Questions } from './questions.js';

/** Answers what it is told to, or nothing. */
class Worker implements Asked {
  isReady = true;
  readonly forked = { pid: 0, send: (message: ToWorker) => this.hear(message) };

  constructor(
    readonly number: number,
    private readonly questions: Questions,
    private readonly says: () => unknown,
  ) {}

  private hear(message: ToWorker): void {
    if (message.keywheel !== 'tell') return;
    const value = this.says();
    if (value !== undefined) this.questions.told(this.number, message.id, message.topic, value);
  }
}

function setUp() {
  const sum = (remains: unknown, last: unknown) => Promise.resolve(Number(remains ?? 0) + Number(last));
  return new Questions({ metrics: sum, health: () => undefined, changes: () => undefined }, 20);
}

const values = async (questions: Questions, all: readonly Asked[]) =>
  (await questions.ask('metrics', all)).workers.map(({ value }) => value);

describe('a question to all workers', () => {
  it('gathers their answers in order', async () => {
    const questions = setUp();
    const all = [new Worker(1, questions, () => 10), new Worker(2, questions, () => 20)];
    expect(await values(questions, all)).toEqual([10, 20]);
  });

  it('takes what was said last of one that is silent now', async () => {
    const questions = setUp();
    const answers: unknown[] = [5, undefined];
    const all = [new Worker(1, questions, () => 1), new Worker(2, questions, () => answers.shift())];
    expect(await values(questions, all)).toEqual([1, 5]);
    expect(await values(questions, all)).toEqual([1, 5]);
  });

  it('does not wait for one that starts, nor for one that ends meanwhile', async () => {
    const questions = setUp();
    const starts = new Worker(2, questions, () => 2);
    starts.isReady = false;
    const ends = new Worker(3, questions, () => void questions.ended(3));
    const { workers } = await questions.ask('health', [new Worker(1, questions, () => 1), starts, ends]);
    expect(workers.map(({ value }) => value)).toEqual([1, undefined, undefined]);
  });

  it('keeps what the dead have left', async () => {
    const questions = setUp();
    const all = [new Worker(1, questions, () => 1), new Worker(2, questions, () => 20)];
    await questions.ask('metrics', all);
    questions.ended(2);
    expect(await questions.ask('metrics', all)).toMatchObject({ remains: 20 });
    questions.ended(2);
    questions.ended(2);
    expect(await questions.ask('metrics', [all[0]!])).toMatchObject({ workers: [{ value: 1 }], remains: 40 });
  });

  it('is answered where nobody is there', async () => {
    expect(await setUp().ask('health', [])).toEqual({ workers: [], remains: undefined });
  });
});
