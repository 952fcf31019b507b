import { createHash } from 'node:crypto';
import type { Conversation, Message } from '../../conversation/conversation.js';
import type { Dialect } from '../../conversation/dialect.js';
import type { Part } from '../../conversation/parts.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import type { Reply } from '../../conversation/reply.js';
import type { ReplySink } from './reply-sink.js';

/*
 * What the providers take as names of tools differs, so names that the upstream would refuse have others there: the
 * letters that fit and a mark of the whole name, the same in every call. The caller never sees them.
 */

const OPENAI = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * https://platform.openai.com/docs/api-reference/chat/create, https://platform.claude.com/docs/en/api/messages and
 * https://ai.google.dev/api/caching#FunctionDeclaration
 */
const TAKEN: Readonly<Record<Dialect, RegExp>> = {
  chat: OPENAI,
  responses: OPENAI,
  anthropic: /^[a-zA-Z0-9_-]{1,128}$/,
  gemini: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/,
};

export interface FittingNames {
  /** As the upstream gets it. */
  readonly conversation: Conversation;
  /** The sink with the caller's names. */
  readonly sink: (sink: ReplySink) => ReplySink;
}

/** Undefined where the dialect takes all names, as it nearly always does. */
export function fittingNames(conversation: Conversation, dialect: Dialect): FittingNames | undefined {
  const odd = [...namesIn(conversation)].filter((name) => !TAKEN[dialect].test(name));
  if (odd.length === 0) return undefined;
  const there = new Map(odd.map((name) => [name, wireName(name)]));
  const here = new Map(odd.map((name) => [wireName(name), name]));
  return {
    conversation: renamed(conversation, (name) => there.get(name) ?? name),
    sink: (sink) => callersNames(sink, (name) => here.get(name) ?? name),
  };
}

const LONGEST_BEGINNING = 50;

/** Every dialect takes it. */
function wireName(name: string): string {
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 8);
  const letters = name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, LONGEST_BEGINNING);
  return `${/^[a-zA-Z_]/.test(letters) ? '' : '_'}${letters}_${mark}`;
}

function namesIn({ tools, toolChoice, messages }: Conversation): Set<string> {
  const names = new Set<string>();
  for (const tool of tools) if (tool.kind === 'function') names.add(tool.name);
  if (toolChoice?.kind === 'named') for (const name of toolChoice.names) names.add(name);
  for (const { parts } of messages) {
    for (const part of parts) if (part.kind === 'call') names.add(part.name);
  }
  return names;
}

function renamed(conversation: Conversation, nameOf: (name: string) => string): Conversation {
  const { tools, toolChoice, messages } = conversation;
  return {
    ...conversation,
    tools: tools.map((tool) => (tool.kind === 'function' ? { ...tool, name: nameOf(tool.name) } : tool)),
    ...(toolChoice?.kind === 'named' && {
      toolChoice: { ...toolChoice, names: toolChoice.names.map(nameOf) },
    }),
    messages: messages.map((message): Message => ({
      ...message,
      parts: message.parts.map((part) => renamedPart(part, nameOf)),
    })),
  };
}

function renamedPart(part: Part, nameOf: (name: string) => string): Part {
  if (part.kind === 'call') return { ...part, name: nameOf(part.name) };
  if (part.kind === 'result' && part.name !== undefined) return { ...part, name: nameOf(part.name) };
  return part;
}

function callersNames(sink: ReplySink, nameOf: (name: string) => string): ReplySink {
  const callers = (event: ReplyEvent): ReplyEvent =>
    event.type === 'open' && event.name !== undefined ? { ...event, name: nameOf(event.name) } : event;
  const whole = (reply: Reply): Reply => ({
    ...reply,
    candidates: reply.candidates.map((candidate) => ({
      ...candidate,
      parts: candidate.parts.map((part) => renamedPart(part, nameOf)),
    })),
  });
  return {
    add: (event) => sink.add(callers(event)),
    addWhole: (reply) => sink.addWhole(whole(reply)),
    flush: () => sink.flush(),
    take: () => sink.take(),
  };
}
