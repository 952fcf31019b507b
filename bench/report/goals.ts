import type { Section, SectionKind } from './section.ts';
import { verdictOn } from './verdict.ts';

/** What the project wants to be as fast as, by number. */
export const GOALS: Readonly<Record<number, string>> = {
  0: 'failover',
  1: 'one core',
  2: 'streams',
  3: 'bodies',
  4: 'pools',
  5: 'more cores',
  6: 'Redis',
  7: 'many instances',
  8: 'overload',
  9: 'soak',
};

interface Row {
  readonly goal: number;
  readonly section: string;
  readonly wanted: string;
  readonly found: string;
  readonly verdict: string;
}

/** Goals that are no figures, and where they are shown. */
const SHOWN_BY_TESTS: readonly (readonly [goal: number, wanted: string, test: string])[] = [
  [3, 'a model inside a string or a nested object is never taken', 'src/proxy/wire/top-level-field.spec.ts'],
  [5, 'limits exact over workers; one that crashes is replaced', 'test/e2e/workers.spec.ts'],
  [6, 'calls go on without Redis, and back again', 'test/contract/redis/, test/e2e/many-instances.spec.ts'],
  [7, 'limits never exceeded in total', 'test/e2e/limits-in-total.spec.ts'],
  [7, 'a verdict is known within 1 s, a change within 2 s', 'test/e2e/many-instances.spec.ts'],
  [7, 'a rolling restart fails no call', 'test/e2e/rolling-restart.spec.ts'],
];

/**
 * Each goal of each section with what was found, in order of the goals; those that were not measured too, and of a
 * run of everything those that tests show.
 */
export function goalRows(
  kinds: readonly SectionKind[],
  done: ReadonlyMap<string, Section>,
  { isWhole }: { readonly isWhole: boolean },
): Row[] {
  const measured = kinds.flatMap(({ name, goal, wants }) => {
    const section = done.get(name);
    const findings = section?.findings ?? [];
    if (findings.length > 0)
      return findings.map((one) => ({
        goal,
        section: name,
        wanted: one.wanted,
        found: one.found,
        verdict: verdictOn(one),
      }));
    const why = section ? (section.notes?.[0] ?? 'nothing was found') : 'not run';
    return wants.map((wanted) => ({ goal, section: name, wanted, found: '–', verdict: why }));
  });
  const tested = (isWhole ? SHOWN_BY_TESTS : []).map(([goal, wanted, test]) => ({
    goal,
    section: '–',
    wanted,
    found: '–',
    verdict: `by ${test}`,
  }));
  return [...measured, ...tested].sort((one, other) => one.goal - other.goal);
}

export function goalTable(rows: readonly Row[]): Section {
  const count = (verdict: string) => rows.filter((row) => row.verdict === verdict).length;
  return {
    title: 'Goals',
    head: ['goal', 'section', 'wanted', 'found', 'verdict'],
    rows: rows.map(({ goal, section, wanted, found, verdict }) => [
      `${goal} ${GOALS[goal] ?? ''}`,
      section,
      wanted,
      found,
      verdict,
    ]),
    notes: [
      `${count('met')} met, ${count('**not met**')} not met, ${count('cannot be told here')} cannot be told here`,
    ],
  };
}
