import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Role, roleAtLeast } from '../access/access-token.js';
import type { Actor } from '../access/admin-identity.js';
import { KeywheelError } from '../kernel/errors.js';
import { Authenticator } from './authenticator.js';
import { setActor } from './current-actor.js';
import { NEEDS_ROLE, PUBLIC } from './needs-role.js';
import { isReading } from './same-origin.js';

/** Lets a request reach its handler when its sender has the role that the handler needs. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<IncomingMessage>();
    const actor = await this.actorOf(request, this.isPublic(context));
    if (!actor) return true;
    const needed = this.roleFor(context, request.method);
    // A client's token opens the data plane only, whatever a handler asks for.
    if (!roleAtLeast(actor.role, 'viewer') || !roleAtLeast(actor.role, needed)) {
      throw new KeywheelError('forbidden', `This needs the role ${needed}; yours is ${actor.role}.`);
    }
    setActor(request, actor);
    return true;
  }

  /** On a public handler a bad credential is no credential. */
  private async actorOf(request: IncomingMessage, isPublic: boolean): Promise<Actor | undefined> {
    if (!isPublic) return this.authenticator.identify(request);
    try {
      const actor = await this.authenticator.identify(request);
      return roleAtLeast(actor.role, 'viewer') ? actor : undefined;
    } catch (error) {
      if (error instanceof KeywheelError) return undefined;
      throw error;
    }
  }

  private isPublic(context: ExecutionContext): boolean {
    return this.metadata<boolean>(PUBLIC, context) ?? false;
  }

  private roleFor(context: ExecutionContext, method: string | undefined): Role {
    const usual = this.isPublic(context) || isReading(method) ? 'viewer' : 'admin';
    return this.metadata<Role>(NEEDS_ROLE, context) ?? usual;
  }

  private metadata<T>(key: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}
