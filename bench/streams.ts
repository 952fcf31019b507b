import { startChild } from './child.ts';
import { CONTESTANTS, type Running } from './contestants.ts';
import { onOtherCores } from './cores.ts';
import { BODY } from './load.ts';
import { median } from './numbers.ts';
import type { Section } from './report.ts';

const AT_ONCE = 32;
const CHOSEN = ['bare', 'keywheel-10'];

interface Delays {
  readonly first: number[];
  readonly later: number[];
}

const now = () => performance.timeOrigin + performance.now();

/** How long the events of 32 streams at once are under way from the upstream to the client. */
export async function streams(rounds: number, tell: (line: string) => void): Promise<Section> {
  const upstream = await startChild('upstream.ts', [], onOtherCores);
  const running: { name: string; process: Running; delays: Delays }[] = [];
  try {
    for (const { name, start } of CONTESTANTS.filter((one) => CHOSEN.includes(one.name))) {
      running.push({ name, process: await start(upstream.url), delays: { first: [], later: [] } });
    }
    for (let round = 0; round <= rounds; round += 1) {
      for (const { name, process, delays } of running) {
        // The first round warms up and is thrown away.
        const into = round === 0 ? { first: [], later: [] } : delays;
        await Promise.all(Array.from({ length: AT_ONCE }, () => read(process, into)));
        tell(`round ${round} of ${rounds}: ${name}`);
      }
    }
  } finally {
    for (const { process } of running) await process.stop();
    await upstream.stop();
  }
  const shown = (values: readonly number[]) => [
    median(values).toFixed(2),
    percentile(values, 0.99).toFixed(2),
  ];
  return {
    title: `Streams: delay from the upstream's write to the client's read, ${AT_ONCE} at once, 50 events 10 ms apart`,
    head: ['contestant', 'first event p50 ms', 'p99', 'later events p50 ms', 'p99'],
    rows: running.map(({ name, delays }) => [name, ...shown(delays.first), ...shown(delays.later)]),
  };
}

async function read({ target, headers }: Running, delays: Delays): Promise<void> {
  const body = BODY.replace('{', '{"stream":true,');
  const response = await fetch(target, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  const decoder = new TextDecoder();
  let isFirst = true;
  for await (const chunk of response.body ?? []) {
    const at = now();
    for (const [, sent] of decoder.decode(chunk, { stream: true }).matchAll(/"sent":([\d.]+)/g)) {
      (isFirst ? delays.first : delays.later).push(at - Number(sent));
      isFirst = false;
    }
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
