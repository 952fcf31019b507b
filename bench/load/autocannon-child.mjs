import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

/** Fires once at what the file of the first argument says (an Aim) and prints a Shot, both as JSON. */
const { target, headers, seconds, connections, rate, bodies } = JSON.parse(
  readFileSync(process.argv[2] ?? '', 'utf8'),
);

const result = await autocannon({
  url: target,
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  requests: bodies.map((body) => ({ body })),
  connections,
  duration: seconds,
  ...(rate !== undefined && { overallRate: Math.round(rate) }),
});

process.stdout.write(
  JSON.stringify({
    requestsPerSecond: result.requests.average,
    requests: result.requests.total,
    p50: result.latency.p50,
    p99: result.latency.p99,
    refused: result.non2xx,
    broken: result.errors,
  }),
);
