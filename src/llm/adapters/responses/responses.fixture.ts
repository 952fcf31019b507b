import { readFileSync } from 'node:fs';
import type { Conversation } from '../../conversation/conversation.js';

/** A conversation that asks for nothing special. */
export const plain: Conversation = {
  model: 'm',
  stream: true,
  system: [],
  messages: [],
  tools: [],
  sampling: {},
};

/** The events in a text of server-sent events. */
export function eventsOf(text: string): { event: string | undefined; data: string }[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const [first = '', second = ''] = block.split('\n');
      return { event: first.slice('event: '.length), data: second.slice('data: '.length) };
    });
}

/** What a public document shows. */
export function readFixture(name: string): string {
  return readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8');
}

/** The body of an exchange that a public document shows. */
export function bodyOf(name: string): Record<string, unknown> {
  return (JSON.parse(readFixture(name)) as { body: Record<string, unknown> }).body;
}
