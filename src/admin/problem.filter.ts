import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { KeywheelError } from '../kernel/errors.js';
import { Log } from '../logging/log.js';
import { ApiDocument } from './api-document.js';
import { problemOf } from '../kernel/problem.js';
import { errorOf } from './problem.js';
import { RequestFacts } from './request-facts.js';

/** Renders whatever a handler, guard, pipe or the framework threw as problem+json. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly facts: RequestFacts,
    private readonly document: ApiDocument,
    private readonly log: Log,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const { requestId } = this.facts.of(request);
    const error = this.withAllow(errorOf(thrown), request, response);
    if (error.level === 'error') {
      this.log.error({ err: error.cause ?? error, requestId, path: request.path }, 'an admin request failed');
    }
    // An answer that has begun cannot become another: a cut connection tells that it is not whole.
    if (response.headersSent) return void response.destroy();
    response.status(error.status);
    response.setHeader('x-request-id', requestId);
    if (error.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="keywheel"');
    if (error.retryAfterMs !== undefined) {
      response.setHeader('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000))));
    }
    response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
    response.end(JSON.stringify(problemOf(error, request.path, requestId)));
  }

  /** Nest answers 404 for a known path with another method: say 405 and what would go. */
  private withAllow(error: KeywheelError, request: Request, response: Response): KeywheelError {
    if (error.code !== 'unknown_path') return error;
    const methods = this.document.methodsOf(request.path);
    const asked = `${request.method} ${request.path}`;
    if (methods.length === 0) return new KeywheelError('unknown_path', `There is nothing at ${asked}.`);
    response.setHeader('Allow', methods.join(', '));
    return new KeywheelError('method_not_allowed', `${asked} is not possible; ${methods.join(', ')} is.`);
  }
}
