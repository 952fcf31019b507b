import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { catchError, concatMap, defaultIfEmpty, from, map, type Observable } from 'rxjs';
import { AuditLog } from '../access/audit-log.js';
import { Log } from '../logging/log.js';
import { actorOf } from './current-actor.js';
import { errorOf } from './problem.js';
import { RequestFacts } from './request-facts.js';
import { isReading } from './same-origin.js';

/**
 * Records every call that may change something, or reveals a secret, before its answer goes out: nothing is
 * reported as done that the audit log does not hold. Names of fields are kept, never their values.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly audit: AuditLog,
    private readonly facts: RequestFacts,
    private readonly log: Log,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    if (isReading(request.method)) return next.handle();
    const response = context.switchToHttp().getResponse<Response>();
    const action = `${context.getClass().name.replace(/Controller$/, '')}.${context.getHandler().name}`;
    return next.handle().pipe(
      defaultIfEmpty(undefined),
      concatMap((answer: unknown) =>
        from(this.record(request, action, response.statusCode, true)).pipe(map(() => answer)),
      ),
      catchError(async (error: unknown) => {
        await this.recordFailure(request, action, errorOf(error).status);
        throw error;
      }),
    );
  }

  private async recordFailure(request: Request, action: string, status: number): Promise<void> {
    try {
      await this.record(request, action, status, false);
    } catch (error) {
      this.log.error({ err: error }, 'the audit log could not be written');
    }
  }

  private async record(request: Request, action: string, status: number, done: boolean): Promise<void> {
    const actor = actorOf(request);
    // Whom we do not know can only log in: a wrong login is worth a line, and the throttle bounds how many.
    if (!actor && status !== 401) return;
    const { ip, requestId } = this.facts.of(request);
    await this.audit.write({
      actor: actor?.id ?? 'unknown',
      role: actor?.role ?? 'none',
      action,
      target: request.path.replace(/^\/api\/admin\//, ''),
      status,
      ip,
      requestId,
      detail: { name: actor?.name, fields: done ? fieldsOf(request.body) : undefined },
    });
  }
}

/** Only what looks like the name of a field: whoever pastes a key in its place finds it nowhere. */
function fieldsOf(body: unknown): string[] | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  return Object.keys(body).filter((name) => /^[a-z][A-Za-z]{0,39}$/.test(name));
}
