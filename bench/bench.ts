import { parseArgs } from 'node:util';
import { CONTESTANTS } from './contestants.ts';
import { leaveGatewayCore } from './cores.ts';
import { failover } from './failover.ts';
import { GENERATOR } from './load.ts';
import { memory } from './memory.ts';
import { markdown, writeReport, type Section } from './report.ts';
import { streams } from './streams.ts';
import { throughput } from './throughput.ts';

const USAGE = `npm run bench [-- OPTIONS]

  --list          names of sections and contestants
  --only A,B      these sections or contestants alone
  --rounds N      interleaved rounds; 5 without it
  --seconds N     of load in each turn; 5 without it
`;

const { values } = parseArgs({
  options: {
    list: { type: 'boolean' },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    help: { type: 'boolean' },
  },
});

const only = values.only.split(',').filter(Boolean);
const rounds = Number(values.rounds);
const tell = (line: string) => process.stderr.write(`  ${line}\n`);
const contestants = only.filter((name) => CONTESTANTS.some((contestant) => contestant.name === name));

const SECTIONS: Readonly<Record<string, () => Promise<Section>>> = {
  throughput: () => throughput({ rounds, seconds: Number(values.seconds), only: contestants }, tell),
  streams: () => streams(rounds, tell),
  memory: () => memory(Math.min(rounds, 3), tell),
  failover: () => failover(tell),
};

/** A contestant's name asks for the throughput section with it alone. */
function wanted(): string[] {
  const names = Object.keys(SECTIONS).filter((name) => only.includes(name));
  if (contestants.length > 0 && !names.includes('throughput')) names.unshift('throughput');
  return only.length === 0 ? Object.keys(SECTIONS) : names;
}

async function main(): Promise<void> {
  const names = wanted();
  if (names.length === 0) throw new Error(`nothing is called ${values.only}; --list shows what there is`);
  const circumstances = [
    leaveGatewayCore(),
    `load by ${GENERATOR}`,
    `log level ${process.env.BENCH_LOG_LEVEL ?? 'info'}`,
  ];
  process.stdout.write(`${circumstances.join(', ')}\n\n`);
  const sections: Section[] = [];
  for (const name of names) {
    tell(`— ${name}`);
    const section = await SECTIONS[name]?.();
    if (!section) continue;
    sections.push(section);
    process.stdout.write(`${markdown(section)}\n`);
  }
  process.stdout.write(`written to ${writeReport(sections, circumstances)}\n`);
}

if (values.help) process.stdout.write(USAGE);
else if (values.list)
  process.stdout.write(
    `sections: ${Object.keys(SECTIONS).join(', ')}\ncontestants:\n${CONTESTANTS.map(({ name, what }) => `  ${name}: ${what}`).join('\n')}\n`,
  );
else await main();
