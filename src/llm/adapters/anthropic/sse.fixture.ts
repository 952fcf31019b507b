import { readFileSync } from 'node:fs';
import type { StreamEvent } from '../adapter.js';
import type { StreamReader } from '../../conversation/codec.js';
import { Gathering } from '../../conversation/gather.js';
import { parsePrecise } from '../../conversation/precise-json.js';

/** The events in a text of server-sent events as this protocol frames them. */
export function eventsIn(text: string): StreamEvent[] {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('event: '))
    .map((event) => {
      const [name, data] = event.split('\n');
      return { event: name!.slice('event: '.length), data: data!.slice('data: '.length) };
    });
}

export function recordedEvents(name: string): StreamEvent[] {
  return eventsIn(readFileSync(new URL(`./__fixtures__/${name}.sse`, import.meta.url), 'utf8'));
}

export function gather(reader: StreamReader, events: readonly StreamEvent[]): Gathering {
  const gathering = new Gathering();
  for (const event of events) for (const news of reader.read(event)) gathering.add(news);
  return gathering;
}

/** As it arrives: written as JSON and read again. */
export function overTheWire(body: unknown): Record<string, unknown> {
  return parsePrecise(JSON.stringify(body)) as Record<string, unknown>;
}
