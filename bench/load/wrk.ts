import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBesideUpstream } from './run.ts';
import { chat, CONNECTIONS, type Aim, type Shot } from './shot.ts';

/** One thread of wrk, whatever it is to send told by a script in Lua. */
export async function fireWrk(aim: Aim): Promise<Shot> {
  const folder = mkdtempSync(join(tmpdir(), 'keywheel-wrk-'));
  const script = join(folder, 'post.lua');
  const { seconds, connections = CONNECTIONS, target } = aim;
  try {
    writeFileSync(script, lua(aim, folder));
    const size = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '--latency'];
    return read(await runBesideUpstream(['wrk', ...size, '-s', script, target]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function lua({ headers, bodies = [chat()], rate, connections = CONNECTIONS }: Aim, folder: string): string {
  const files = bodies.map((body, index) => {
    const file = join(folder, `body-${index}`);
    writeFileSync(file, body);
    return JSON.stringify(file);
  });
  return [
    'wrk.method = "POST"',
    ...Object.entries({ 'content-type': 'application/json', ...headers }).map(
      ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
    ),
    `local bodies = {}`,
    `for index, name in ipairs({${files.join(', ')}}) do`,
    '  local file = io.open(name, "rb"); bodies[index] = file:read("*a"); file:close()',
    'end',
    'wrk.body = bodies[1]',
    ...(files.length > 1 ? [IN_TURN] : []),
    ...(rate === undefined ? [] : [paced(connections / rate)]),
  ].join('\n');
}

const IN_TURN = `local last = 0
function request()
  last = last % #bodies + 1
  return wrk.format(nil, nil, nil, bodies[last])
end`;

/** Each connection pauses between its requests, for any time up to twice the mean. wrk waits whole milliseconds. */
function paced(secondsBetween: number): string {
  return `function delay() return math.random(0, ${Math.round(secondsBetween * 2000)}) end`;
}

function read(told: string): Shot {
  const number = (pattern: RegExp) => Number(pattern.exec(told)?.[1] ?? 0);
  const broken = [...told.matchAll(/(?:connect|read|write|timeout) (\d+)/g)];
  return {
    requestsPerSecond: number(/Requests\/sec:\s+([\d.]+)/),
    requests: number(/(\d+) requests in/),
    p50: milliseconds(/\s50%\s+([\d.]+)(us|ms|s)/.exec(told)),
    p99: milliseconds(/\s99%\s+([\d.]+)(us|ms|s)/.exec(told)),
    refused: number(/Non-2xx or 3xx responses: (\d+)/),
    broken: broken.reduce((sum, [, count]) => sum + Number(count), 0),
  };
}

function milliseconds(match: RegExpExecArray | null): number {
  const factor = { us: 0.001, ms: 1, s: 1000 }[match?.[2] ?? 'ms'] ?? 1;
  return Number(match?.[1] ?? Number.NaN) * factor;
}
