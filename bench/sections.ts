import type { Effort, SectionKind } from './report/section.ts';
import { boot } from './sections/boot.ts';
import { burstStreams } from './sections/burst-streams.ts';
import { failover } from './sections/failover.ts';
import { latency } from './sections/latency.ts';
import { lease } from './sections/lease.ts';
import { manyStreams } from './sections/many-streams.ts';
import { overload } from './sections/overload.ts';
import { pools } from './sections/pools.ts';
import { redis } from './sections/redis.ts';
import { scan } from './sections/scan.ts';
import { slowClients } from './sections/slow-clients.ts';
import { soak } from './sections/soak.ts';
import { streams } from './sections/streams.ts';
import { throughput } from './sections/throughput.ts';
import { translatedStreams } from './sections/translated-streams.ts';
import { uploads } from './sections/uploads.ts';
import { busyWorkers, workers } from './sections/workers.ts';
import { WARM_MS } from './turns.ts';

/** Seconds of a section in which so many contestants start, warm up and have turns, each with so much beside its load. */
const turns =
  (contestants: number, beside = 0.5, start = 3) =>
  ({ rounds, seconds }: Effort) =>
    contestants * (start + Math.max(WARM_MS / 1000, seconds + beside) + rounds * (seconds + beside));

/** All sections, in the order in which they run. */
export const SECTIONS: readonly SectionKind[] = [
  {
    name: 'throughput',
    what: 'calls a second and CPU of a call, one core, 1 KB JSON',
    goal: 1,
    wants: ['0.85 of the bare proxy', 'at most 15 µs of CPU above it', "12 times Portkey's gateway"],
    takes: turns(7),
    run: throughput,
  },
  {
    name: 'latency',
    what: 'p50 and p99 at half load',
    goal: 1,
    wants: ['p99 at most 1.3 times that of the bare proxy'],
    takes: (effort) => 1.5 * turns(3)(effort),
    run: latency,
  },
  {
    name: 'streams',
    what: 'what is added to the first event and to each later one',
    goal: 2,
    wants: ['first event at most 0.3 ms later', 'each later one at most 1 ms'],
    takes: ({ rounds }) => 4 * (3 + (rounds + 1) * 9),
    run: streams,
  },
  {
    name: 'translated-streams',
    what: 'events of a translated stream beside those of one that passes: time, CPU, rate',
    goal: 2,
    wants: ['a third of the rate of a stream that passes'],
    takes: ({ rounds }) => 8 * (6 + (rounds + 1) * 3),
    run: translatedStreams,
  },
  {
    name: 'many-streams',
    what: '5,000 slow streams at once: memory and delay of each',
    goal: 2,
    wants: ['at most 30 KiB of RSS each', 'each event at most 1 ms later'],
    takes: ({ rounds, seconds }) => 4 * (10 + Math.min(rounds, 2) * (12 + Math.max(5, seconds))),
    run: manyStreams,
  },
  {
    name: 'burst-streams',
    what: 'streams that come in one piece, a second',
    goal: 2,
    wants: ['0.85 of the bare proxy'],
    takes: turns(5, 1),
    run: burstStreams,
  },
  {
    name: 'uploads',
    what: 'pictures of 5 MB in bodies',
    goal: 3,
    wants: ['0.9 of the bare proxy'],
    takes: turns(4),
    run: uploads,
  },
  {
    name: 'scan',
    what: 'finding the model in the bytes of a body',
    goal: 3,
    wants: ['2 µs in 100 KB where it comes first', '70 µs where it comes last'],
    takes: ({ rounds }) => 4 * (rounds + 1),
    run: scan,
  },
  {
    name: 'lease',
    what: 'a lease and its settlement by size and shape of the pool',
    goal: 4,
    wants: [
      '10,000 keys within 5 % of 10, with limits and half of them at rest',
      '10,000 keys and 50 models in 100 MiB',
      'a change of one key does not rebuild the pool',
    ],
    takes: ({ rounds }) => 13 * (1 + Math.max(3, rounds)) * 0.7,
    run: lease,
  },
  {
    name: 'pools',
    what: '10, 1,000 and 10,000 keys with limits, half of them at rest',
    goal: 4,
    wants: ['throughput with 10,000 keys within 5 % of that with 10'],
    takes: turns(3, 0.5, 12),
    run: pools,
  },
  {
    name: 'boot',
    what: 'start and memory with 10,000 keys and 50 models',
    goal: 4,
    wants: ['ready within 3 s with 10,000 keys', '10,000 keys and 50 models add at most 100 MiB'],
    takes: ({ rounds, seconds }) => Math.min(rounds, 3) * 2 * (14 + seconds),
    run: boot,
  },
  {
    name: 'workers',
    what: 'one process and two on one port',
    goal: 5,
    wants: ['two workers 1.7 times one'],
    takes: turns(4, 0.5, 5),
    run: workers,
  },
  {
    name: 'busy-workers',
    what: 'the same with translated streams, beside which generator and upstream are small',
    goal: 5,
    wants: ['two workers 1.7 times one'],
    takes: turns(2, 0.5, 14),
    run: busyWorkers,
  },
  {
    name: 'redis',
    what: 'state in Redis beside state in memory',
    goal: 6,
    wants: ['0.95 of memory without limits', '0.75 of memory with limits'],
    takes: turns(4),
    run: redis,
  },
  {
    name: 'overload',
    what: 'calls that come at several times the rate that one core can serve',
    goal: 8,
    wants: ['0.9 of the peak at five times the rate', 'a fast 503 with Retry-After for the others'],
    takes: ({ rounds, seconds }) => 3 * (6 + rounds * (8 + 3 * seconds)),
    run: overload,
  },
  {
    name: 'slow-clients',
    what: 'what clients that send or read slowly do to others',
    goal: 8,
    wants: ['p99 of the others at most 2 times theirs alone'],
    takes: ({ rounds, seconds }) => 4 + (rounds + 1) * (10 + 3 * seconds),
    run: slowClients,
  },
  {
    name: 'failover',
    what: 'errors that clients see while k of n keys fail',
    goal: 0,
    wants: ['no error that a client sees'],
    takes: () => 90,
    run: failover,
  },
  {
    name: 'soak',
    what: 'whether anything grows under mixed load',
    goal: 9,
    wants: ['no growth of RSS, heap, open files and timers beyond noise'],
    takes: ({ minutes }) => minutes * 60 + 20,
    run: soak,
  },
];
