import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CONTESTANTS } from './contestants.ts';
import { GENERATOR } from './load/fire.ts';
import { leaveGatewayCore } from './machine/cores.ts';
import { hasNginx } from './machine/nginx.ts';
import { endChildren } from './machine/children.ts';
import { Unavailable } from './machine/unavailable.ts';
import { GOALS, goalRows, goalTable } from './report/goals.ts';
import type { Effort, Section, SectionKind } from './report/section.ts';
import { markdown, writeReport } from './report/write-report.ts';
import { SECTIONS } from './sections.ts';

const USAGE = `npm run bench [-- OPTIONS]

  --list          sections with their goals, and contestants
  --only A,B      these sections alone; names of contestants among them narrow the sections that take them,
                  and alone they mean the throughput section
  --rounds N      interleaved rounds; 5 without it
  --seconds N     of load in each turn; 5 without it
  --minutes N     of the soak; 1 without it

Reports are written to bench/results/ as Markdown and JSON. Environment: BENCH_REDIS_URL (a Redis to use instead
of one of its own), BENCH_LOG_LEVEL (of Keywheel; info).
`;

const { values } = parseArgs({
  options: {
    list: { type: 'boolean' },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '1' },
    help: { type: 'boolean' },
  },
});

const tell = (line: string) => process.stderr.write(`  ${line}\n`);

interface Chosen {
  readonly sections: readonly SectionKind[];
  readonly contestants: readonly string[];
}

function chosen(only: readonly string[]): Chosen {
  const known = [...SECTIONS, ...CONTESTANTS].map(({ name }) => name);
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`nothing is called ${unknown.join(', ')}; --list shows what there is`);
  const contestants = only.filter((name) => CONTESTANTS.some((one) => one.name === name));
  const sections = SECTIONS.filter(({ name }) => only.includes(name));
  if (only.length === 0) return { sections: SECTIONS, contestants };
  return { sections: sections.length > 0 ? sections : SECTIONS.slice(0, 1), contestants };
}

/** A section that takes so many times as long as it should, and minutes beside, is given up. */
const PATIENCE = { times: 5, seconds: 240 };

/** A section that fails takes no other with it. */
async function tried({ name, run, takes }: SectionKind, effort: Effort): Promise<Section> {
  const seconds = PATIENCE.times * takes(effort) + PATIENCE.seconds;
  const enough = new AbortController();
  try {
    return await Promise.race([run(effort), givenUp(seconds, enough.signal)]);
  } catch (thrown) {
    if (!(thrown instanceof Unavailable)) process.exitCode = 1;
    const note = thrown instanceof Unavailable ? `left out: ${thrown.message}` : `failed: ${String(thrown)}`;
    tell(note);
    return { title: name, head: [], rows: [], notes: [note] };
  } finally {
    enough.abort();
    // What a section that failed has left running would be in the way of the next.
    endChildren();
  }
}

async function givenUp(seconds: number, signal: AbortSignal): Promise<never> {
  await sleep(seconds * 1000, undefined, { signal });
  throw new Error(`not at its end after ${seconds.toFixed(0)} s`);
}

const minutes = (seconds: number) => `${(seconds / 60).toFixed(1)} min`;

/** Where a run is, and how long it has still to go. */
function progress(sections: readonly SectionKind[], index: number, effort: Effort): string {
  const [now = 0, ...rest] = sections.slice(index).map(({ takes }) => takes(effort));
  const after = rest.reduce((sum, one) => sum + one, 0);
  const place = `${sections[index]?.name} (${index + 1} of ${sections.length})`;
  return `— ${place}: about ${minutes(now)}, then ${minutes(after)} for the others`;
}

function positive(name: 'rounds' | 'seconds' | 'minutes'): number {
  const value = Number(values[name]);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0`);
  return value;
}

async function main(): Promise<void> {
  const { sections, contestants } = chosen(values.only.split(',').filter(Boolean));
  const effort: Effort = {
    rounds: Math.ceil(positive('rounds')),
    seconds: positive('seconds'),
    minutes: positive('minutes'),
    contestants,
    tell,
  };
  const busy = (loadavg()[0] ?? 0) > 0.5;
  const circumstances = [
    leaveGatewayCore(),
    `load by ${GENERATOR}`,
    `upstream ${hasNginx ? 'nginx where it answers at once, bundled where it streams or reads bodies' : 'bundled; nginx is not installed'}`,
    `load average ${loadavg()[0]?.toFixed(1)} before it began${busy ? ': others use this machine, so trust ratios alone' : ''}`,
    `log level ${process.env.BENCH_LOG_LEVEL ?? 'info'}`,
  ];
  process.stdout.write(`${circumstances.join('\n')}\n\n`);
  const done = new Map<string, Section>();
  const isWhole = sections.length === SECTIONS.length;
  const goals = () => goalRows(sections, done, { isWhole });
  let file = '';
  for (const [index, kind] of sections.entries()) {
    tell(progress(sections, index, effort));
    const section = await tried(kind, effort);
    done.set(kind.name, section);
    process.stdout.write(`${markdown(section)}\n`);
    // After each section, so that a run that is cut short leaves what it has found.
    file = writeReport([...done.values()], circumstances, goals());
  }
  process.stdout.write(`${markdown(goalTable(goals()))}\nwritten to ${file}\n`);
}

function list(title: string, entries: readonly { readonly name: string; readonly what: string }[]): string {
  const width = Math.max(...entries.map(({ name }) => name.length));
  return `${title}\n${entries.map(({ name, what }) => `  ${name.padEnd(width)}  ${what}`).join('\n')}\n`;
}

const wanted = SECTIONS.map(({ name, goal, wants }) => ({
  name,
  what: `goal ${goal}, ${GOALS[goal]}: ${wants.join('; ')}`,
}));

if (values.help) process.stdout.write(USAGE);
else if (values.list)
  process.stdout.write(list('sections', SECTIONS) + list('goals', wanted) + list('contestants', CONTESTANTS));
else await main();
