import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { ScriptedUpstream } from '../../fakes/scripted-upstream/scripted-upstream.ts';
import type { AdminClient } from './admin-client.ts';

/** What is worn: a gateway with a pool that speaks OpenAI, and one of plain HTTP below `plainPath`. */
export interface Worn {
  readonly url: string;
  readonly token: string;
  readonly plainPath: string;
  readonly admin: AdminClient;
  readonly upstream: ScriptedUpstream;
  readonly process: { readonly pid: number };
  /** Calls a second that are made; without it as many as there can be. */
  readonly perSecond?: number;
  /** Makes the gateway collect its garbage before it is looked at. */
  readonly collect?: () => void;
}

/** What the gateway holds in a quiet moment. */
export interface Wear {
  /** Calls until then, and those of them that did not end as meant. */
  readonly calls: number;
  readonly failed: number;
  /** How the first of those ended. */
  readonly faults: readonly string[];
  readonly rssMib: number;
  readonly heapMib: number;
  /** Open file descriptors, most of them sockets; 0 where the system does not tell. */
  readonly files: number;
  readonly timers: number;
}

type Kind = (worn: Worn) => Promise<void>;

interface Total {
  calls: number;
  failed: number;
  faults: string[];
}

const LANES = 8;
const QUIET_MS = 500;
const COLLECT_MS = 250;
const MOST_FAULTS = 10;
const MODEL = 'gpt-4o-mini';
const UPLOAD_BYTES = 200_000;
const PICTURE = 'iVBORw0KGgo'.repeat(50_000);

/** Each lane goes through these in turn; each throws where its call did not end as meant. */
const KINDS: readonly Kind[] = [
  (worn) => whole(worn, 'Tell me a story'),
  (worn) => stream(worn, true),
  (worn) => whole(worn, 'x'.repeat(20_000)),
  (worn) => stream(worn, false),
  (worn) => plain(worn, '/bytes?n=300000'),
  (worn) => whole(worn, `data:image/png;base64,${PICTURE}`),
  (worn) => refused(worn),
  (worn) => translated(worn),
  (worn) => upload(worn),
  (worn) => left(worn),
];

/** Mixed load for so many seconds in so many parts; what is held after each of them, when all is quiet. */
export async function soak(worn: Worn, seconds: number, parts: number): Promise<Wear[]> {
  const wears: Wear[] = [];
  const total: Total = { calls: 0, failed: 0, faults: [] };
  for (let part = 0; part < parts; part += 1) {
    const end = Date.now() + (seconds / parts) * 1000;
    await Promise.all(Array.from({ length: LANES }, (_, lane) => run(worn, lane, end, total)));
    worn.upstream.forget();
    await sleep(QUIET_MS);
    wears.push({ ...total, faults: [...total.faults], ...(await held(worn)) });
  }
  return wears;
}

/** By how much the second half held more than the first, the warm-up (a quarter) left out; least of each half. */
export function growth(wears: readonly Wear[], field: keyof Wear): { from: number; to: number } {
  const values = wears.slice(Math.floor(wears.length / 4)).map((wear) => Number(wear[field]));
  const middle = Math.ceil(values.length / 2);
  return { from: Math.min(...values.slice(0, middle)), to: Math.min(...values.slice(middle)) };
}

async function run(worn: Worn, lane: number, end: number, total: Total) {
  const pause = worn.perSecond === undefined ? 0 : (LANES * 1000) / worn.perSecond;
  let due = Date.now() + (pause * lane) / LANES;
  for (let turn = lane; Date.now() < end; turn += 1) {
    // What a busy machine has missed is not made up for.
    if (pause > 0) await sleep(Math.max(0, due - Date.now()));
    due = Math.max(due, Date.now()) + pause;
    const kind = turn % KINDS.length;
    await KINDS[kind]!(worn).catch((fault: unknown) => {
      total.failed += 1;
      if (total.faults.length < MOST_FAULTS) total.faults.push(`kind ${kind}: ${inspect(fault)}`);
    });
    total.calls += 1;
  }
}

async function held({ admin, collect, ...worn }: Worn): Promise<Omit<Wear, keyof Total>> {
  const { pid } = worn.process;
  if (collect) {
    collect();
    await sleep(COLLECT_MS);
  }
  const metrics = await admin.get<string>('/metrics');
  const value = (name: string) => Number(new RegExp(`^${name} ([\\d.e+]+)`, 'm').exec(metrics)?.[1] ?? 0);
  return {
    rssMib: value('process_resident_memory_bytes') / 2 ** 20,
    heapMib: value('nodejs_heap_size_used_bytes') / 2 ** 20,
    files: openFiles(pid),
    timers: value('nodejs_active_resources\\{type="Timeout"\\}'),
  };
}

function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

function post({ url, token }: Worn, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
}

async function ends(response: Response, { status = 200, says = '' } = {}): Promise<void> {
  const text = await response.text();
  if (response.status === status && text.includes(says)) return;
  throw new Error(`${response.status} ${text.slice(0, 500)}`);
}

async function whole(worn: Worn, content: string): Promise<void> {
  await ends(await post(worn, { model: MODEL, messages: [{ role: 'user', content }] }));
}

/** Reads a stream to its end, or leaves after its first bytes. */
async function stream(worn: Worn, toTheEnd: boolean): Promise<void> {
  const leave = new AbortController();
  const messages = [{ role: 'user', content: 'Count' }];
  const response = await post(worn, { model: MODEL, messages, stream: true }, leave.signal);
  if (toTheEnd || response.status !== 200) return ends(response, { says: '[DONE]' });
  await response.body?.getReader().read();
  leave.abort();
}

/** Leaves without having seen anything. */
async function left(worn: Worn): Promise<void> {
  const leave = new AbortController();
  const asked = post(worn, { model: MODEL, messages: [{ role: 'user', content: 'Wait' }] }, leave.signal);
  setImmediate(() => leave.abort());
  await asked.then((response) => response.arrayBuffer()).catch(() => undefined);
}

/** A client of Anthropic's Messages before an upstream that speaks Chat Completions. */
async function translated({ url, token }: Worn): Promise<void> {
  const messages = [{ role: 'user', content: 'Count' }];
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': token, 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ model: MODEL, max_tokens: 60, messages, stream: true }),
  });
  await ends(response, { says: 'message_stop' });
}

async function upload({ url, token }: Worn): Promise<void> {
  const body = new FormData();
  body.set('model', MODEL);
  body.set('file', new File([new Uint8Array(UPLOAD_BYTES)], 'speech.mp3'));
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/v1/audio/transcriptions`, { method: 'POST', headers, body });
  await ends(response);
}

async function plain({ url, token, plainPath }: Worn, path: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(url + plainPath + path, { headers });
  await ends(response);
}

async function refused(worn: Worn): Promise<void> {
  await ends(await post(worn, { model: 'no-such-model', messages: [] }), { status: 404 });
}
