import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor } from '../access/admin-identity.js';

/** For the rooms beside access, which may import this shell but not that room. */
export type { Actor } from '../access/admin-identity.js';

const actors = new WeakMap<IncomingMessage, Actor>();

/** For the guard and the login: from here on this request is this actor's. */
export function setActor(request: IncomingMessage, actor: Actor): void {
  actors.set(request, actor);
}

/** Undefined on public handlers that were called without a good credential. */
export function actorOf(request: IncomingMessage): Actor | undefined {
  return actors.get(request);
}

/** Handler parameter: who calls, `Actor`; on `@Public()` handlers `Actor | undefined`. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext) =>
  actorOf(context.switchToHttp().getRequest<IncomingMessage>()),
);
