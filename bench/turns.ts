import type { Contestant, Running } from './contestants/contestant.ts';
import { Unavailable } from './machine/unavailable.ts';
import type { Effort } from './report/section.ts';

/** What one contestant's turns brought, in order of the rounds. */
export interface Turns<T> {
  readonly contestant: Contestant;
  readonly figures: readonly T[];
}

export interface Course<T> {
  readonly contestants: readonly Contestant[];
  /** Where the contestants send their calls. */
  readonly upstream: string;
  readonly turn: (running: Running, contestant: Contestant) => Promise<T>;
  /** Before the first round, once for each; without it turns that are thrown away. */
  readonly warmUp?: (running: Running) => Promise<unknown>;
}

export interface Outcome<T> {
  readonly turns: readonly Turns<T>[];
  /** Who could not take part, and why. */
  readonly missing: readonly string[];
}

/** V8 optimises what is called often; by then it has, however slow the machine. */
export const WARM_MS = 6_000;

async function warmUp(turn: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + WARM_MS;
  do await turn();
  while (performance.now() < until);
}

/** All contestants are up; in each round each has its turn, so that a slow minute of the machine hits all. */
export async function byTurns<T>(course: Course<T>, { rounds, tell }: Effort): Promise<Outcome<T>> {
  const up: { contestant: Contestant; running: Running; figures: T[] }[] = [];
  const missing: string[] = [];
  try {
    for (const contestant of course.contestants) {
      tell(`starting ${contestant.name}`);
      const running = await started(contestant, course.upstream, missing);
      if (!running) continue;
      up.push({ contestant, running, figures: [] });
      await (course.warmUp ? course.warmUp(running) : warmUp(() => course.turn(running, contestant)));
    }
    for (let round = 1; round <= rounds; round += 1) {
      tell(`round ${round} of ${rounds}`);
      for (const { contestant, running, figures } of up) figures.push(await course.turn(running, contestant));
    }
  } finally {
    for (const { running } of up) await running.stop();
  }
  return { turns: up, missing };
}

async function started(
  { name, start }: Contestant,
  upstream: string,
  missing: string[],
): Promise<Running | undefined> {
  try {
    return await start(upstream);
  } catch (thrown) {
    if (!(thrown instanceof Unavailable)) throw thrown;
    missing.push(`without ${name}: ${thrown.message}`);
    return undefined;
  }
}
