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
    .filter((block) => block !== '')
    .map((block) => {
      const [first = '', second = ''] = block.split('\n');
      return { event: first.slice('event: '.length), data: second.slice('data: '.length) };
    });
}
