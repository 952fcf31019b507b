import { readFileSync } from 'node:fs';

interface Recorded {
  readonly source: string;
  readonly body: Record<string, unknown>;
}

const read = (name: string) => readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8');

function bodies(name: string): Readonly<Record<string, Record<string, unknown>>> {
  const recorded = JSON.parse(read(name)) as Record<string, Recorded>;
  return Object.fromEntries(Object.entries(recorded).map(([title, { body }]) => [title, body]));
}

/** Requests and answers from public documents, each of which the file names. */
export const REQUESTS = bodies('requests.json');
export const ANSWERS = bodies('replies.json');

const STREAM_NAMES = [
  'text',
  'thought-and-call',
  'grounded',
  'partial-arguments',
  'blocked',
  'broken',
] as const;

/** Streams by name, as text of server-sent events. */
export const STREAMS = Object.fromEntries(
  STREAM_NAMES.map((name) => [name, read(`${name}.sse`)]),
) as Readonly<Record<(typeof STREAM_NAMES)[number], string>>;
