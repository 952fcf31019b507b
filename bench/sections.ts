import type { SectionKind } from './report/section.ts';
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
import { workers } from './sections/workers.ts';

/** All sections, in the order in which they run. */
export const SECTIONS: readonly SectionKind[] = [
  { name: 'throughput', what: 'calls a second and CPU of a call, one core, 1 KB JSON', run: throughput },
  { name: 'latency', what: 'p50 and p99 at half load', run: latency },
  { name: 'streams', what: 'what is added to the first event and to each later one', run: streams },
  {
    name: 'translated-streams',
    what: 'events of a translated stream beside those of one that passes: time, CPU, rate',
    run: translatedStreams,
  },
  { name: 'many-streams', what: '5,000 slow streams at once: memory and delay of each', run: manyStreams },
  { name: 'burst-streams', what: 'streams that come in one piece, a second', run: burstStreams },
  { name: 'uploads', what: 'pictures of 5 MB in bodies', run: uploads },
  { name: 'scan', what: 'finding the model in the bytes of a body', run: scan },
  { name: 'lease', what: 'a lease and its settlement by size and shape of the pool', run: lease },
  { name: 'pools', what: '10, 1,000 and 10,000 keys with limits, half of them at rest', run: pools },
  { name: 'boot', what: 'start and memory with 10,000 keys and 50 models', run: boot },
  { name: 'workers', what: 'one process and two on one port', run: workers },
  { name: 'redis', what: 'state in Redis beside state in memory', run: redis },
  { name: 'overload', what: 'more clients than one core can serve', run: overload },
  { name: 'slow-clients', what: 'what clients that send or read slowly do to others', run: slowClients },
  { name: 'failover', what: 'errors that clients see while k of n keys fail', run: failover },
  { name: 'soak', what: 'whether anything grows under mixed load', run: soak },
];
