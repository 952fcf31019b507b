import { built } from '../machine/built.ts';
import { median } from '../report/numbers.ts';
import { atMost, type Effort, type Section } from '../report/section.ts';

const TURN = (index: number) => ({
  role: index % 2 ? 'assistant' : 'user',
  content: `${index} ${'w'.repeat(200)}`,
});
const MODEL = { model: 'gpt-4o-mini' };

/** Bodies by their name: one long text or four hundred turns, with the model before or behind. */
const BODIES: readonly (readonly [name: string, body: object, turns: number])[] = [
  ['100 KB, one text, model first', { ...MODEL, messages: [long(100_000)] }, 20_000],
  ['100 KB, one text, model last', { messages: [long(100_000)], ...MODEL }, 20_000],
  ['100 KB, 400 turns, model first', { ...MODEL, messages: turns(400) }, 2000],
  ['100 KB, 400 turns, model last', { messages: turns(400), ...MODEL }, 2000],
  ['5 MB, one picture, model last', { messages: [long(5_000_000)], ...MODEL }, 200],
];

interface Times {
  readonly untilFound: number[];
  readonly whole: number[];
  readonly parsed: number[];
}

/** Finding the model in the bytes of a body, beside JSON.parse. */
export async function scan({ rounds, tell }: Effort): Promise<Section> {
  const { scanTopLevel } = await built<typeof import('../../src/proxy/wire/top-level-field.js')>(
    'proxy/wire/top-level-field.js',
  );
  const found = BODIES.map(([name, body, times]): Times => {
    tell(name);
    const bytes = [Buffer.from(JSON.stringify(body))];
    const work = {
      untilFound: () => scanTopLevel(bytes, ['model'], { untilFound: true }),
      whole: () => scanTopLevel(bytes, ['model']),
      parsed: () => JSON.parse(bytes[0]!.toString()) as unknown,
    };
    const result: Times = { untilFound: [], whole: [], parsed: [] };
    for (let round = 0; round <= rounds; round += 1) {
      for (const way of ['untilFound', 'whole', 'parsed'] as const) {
        const micros = timed(work[way], times);
        // The first round warms up.
        if (round > 0) result[way].push(micros);
      }
    }
    return result;
  });
  return {
    title: 'Finding the model in a body: µs, medians',
    head: ['body', 'scan until found', 'scan of the whole', 'JSON.parse'],
    rows: BODIES.map(([name], index) => [
      name,
      ...(['untilFound', 'whole', 'parsed'] as const).map((way) =>
        median(found[index]?.[way] ?? []).toFixed(2),
      ),
    ]),
    findings: [
      atMost('µs in 100 KB where it comes first', 2, median(found[0]?.untilFound ?? [])),
      atMost('µs in 100 KB where it comes last', 70, median(found[3]?.untilFound ?? []), 1),
    ],
    notes: [
      'a call scans the whole: repeated and misspelt names are refused, not only the first is looked for',
    ],
  };
}

function long(bytes: number): object {
  return { role: 'user', content: 'w'.repeat(bytes) };
}

function turns(count: number): object[] {
  return Array.from({ length: count }, (_, index) => TURN(index));
}

function timed(work: () => unknown, times: number): number {
  const began = performance.now();
  for (let index = 0; index < times; index += 1) work();
  return ((performance.now() - began) * 1000) / times;
}
