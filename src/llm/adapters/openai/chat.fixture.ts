import { readFileSync } from 'node:fs';
import type { Conversation } from '../../conversation/conversation.js';
import { Gathering } from '../../conversation/gather.js';
import { Notes } from '../../conversation/notes.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import type { StreamEvent } from '../adapter.js';
import { chatCodec } from './codec.js';

/** A conversation in which only what the test is about is said. */
export const plain: Conversation = {
  model: 'm',
  stream: false,
  system: [],
  messages: [{ role: 'user', parts: [{ kind: 'text', text: 'hi' }] }],
  tools: [],
  sampling: {},
};

export function readFixture(name: string): string {
  return readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8');
}

/** Events of a stream, from its text; comments are left out. */
export function eventsOf(text: string): StreamEvent[] {
  return text
    .split(/\n\n/)
    .filter((block) => block.startsWith('data: '))
    .map((block) => ({ event: undefined, data: block.trimEnd().slice('data: '.length) }));
}

export function readAll(events: readonly StreamEvent[]): ReplyEvent[] {
  const reader = chatCodec.readStream();
  return events.flatMap((event) => reader.read(event));
}

export function gathered(events: readonly ReplyEvent[]): Gathering {
  const gathering = new Gathering();
  for (const event of events) gathering.add(event);
  return gathering;
}

/** Events as the body of a stream in this dialect. */
export function writeAll(events: Iterable<ReplyEvent>, conversation: Conversation = plain): string {
  const writer = chatCodec.writeStream({ requestId: 'req_1', conversation });
  return [...events].map((event) => writer.write(event)).join('');
}

export function written(said: Partial<Conversation>, preset = 'openai', model = 'm') {
  const notes = new Notes();
  const { body } = chatCodec.writeRequest({ ...plain, ...said }, { model, preset, notes });
  return { body: body as Record<string, any>, warnings: notes.warnings }; // eslint-disable-line
}

export function readBody(body: Record<string, unknown>): Conversation {
  return chatCodec.readRequest(
    { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...body },
    { model: undefined, stream: false },
  );
}
