import { startScript, type Child } from '../machine/children.ts';
import { onOtherCores } from '../machine/cores.ts';
import { hasNginx, startNginx } from '../machine/nginx.ts';
import { burst, COMPLETION, REFUSED, REFUSED_KEYS, REST_SECONDS } from './answers.ts';

export interface Upstream extends Child {
  /** Which program it is. */
  readonly what: string;
}

/** Answers each call at once: by nginx where it is installed, otherwise by the bundled one. */
export async function startInstant({ refusesHalf = false } = {}): Promise<Upstream> {
  if (!hasNginx) return bundled('0', '0', ...(refusesHalf ? ['half'] : []));
  const limited = refusesHalf
    ? `if ($http_authorization ~ "${REFUSED_KEYS}") { add_header retry-after ${REST_SECONDS} always; return 429 '${REFUSED}'; }`
    : '';
  return nginx(
    `location / { default_type application/json; ${limited} return 200 '${COMPLETION}'; }`,
    'application/json',
  );
}

/** Answers with a whole stream in one piece: by nginx where it is installed, otherwise by the bundled one. */
export async function startBurst(events: number): Promise<Upstream> {
  if (!hasNginx) return bundled(String(events), '0');
  // A parameter in nginx's configuration has at most 4 KiB.
  const pieces = burst(events).match(/[^]{1,3000}/g) ?? [];
  const set = pieces.map((piece, index) => `set $piece${index} '${piece}';`).join(' ');
  const all = pieces.map((_, index) => `$piece${index}`).join('');
  return nginx(`location / { ${set} return 200 "${all}"; }`, 'text/event-stream');
}

/** Answers with a stream, an event every few milliseconds, and reads whole bodies. Always the bundled one. */
export function startStreaming(events: number, gapMs: number): Promise<Upstream> {
  return bundled(String(events), String(gapMs));
}

async function bundled(...args: string[]): Promise<Upstream> {
  return { ...(await startScript('upstreams/bundled.ts', args, onOtherCores)), what: 'bundled (Node)' };
}

async function nginx(location: string, type: string): Promise<Upstream> {
  const http = (port: number) => `default_type ${type};
  server { listen 127.0.0.1:${port} backlog=8192; ${location} }`;
  return { ...(await startNginx(http, onOtherCores)), what: 'nginx' };
}
