import autocannon from 'autocannon';

/** The load generator for machines without wrk; a process of its own. Prints a Shot as JSON. */
const [url = '', headers = '{}', seconds = '5', connections = '64', body = ''] = process.argv.slice(2);

const result = await autocannon({
  url,
  method: 'POST',
  headers: { 'content-type': 'application/json', ...JSON.parse(headers) },
  body,
  connections: Number(connections),
  duration: Number(seconds),
});

process.stdout.write(
  JSON.stringify({
    requestsPerSecond: result.requests.average,
    requests: result.requests.total,
    p50: result.latency.p50,
    p99: result.latency.p99,
    errors: result.errors + result.non2xx,
  }),
);
