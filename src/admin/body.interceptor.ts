import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import type { Observable } from 'rxjs';
import { KeywheelError } from '../kernel/errors.js';
import { hasBody, mediaTypeOf, readJson } from './json-body.js';
import { isReading } from './same-origin.js';

const JSON_TYPE = 'application/json';
const MAX_BYTES = 32 * 1024 * 1024;
const BODY_LIMIT = 'keywheel:body-limit';
/** Where @nestjs/swagger keeps what `@ApiConsumes` says: what is documented is what is accepted. */
const API_CONSUMES = 'swagger/apiConsumes';

/** The most bytes of JSON that a handler reads; 32 MiB without it. */
export const BodyLimit = (bytes: number) => SetMetadata(BODY_LIMIT, bytes);

/**
 * Reads JSON bodies, after the guard: nobody makes us parse megabytes without a credential. A handler takes JSON,
 * or what its `@ApiConsumes` lists; other types than JSON are left on the request for the handler to read.
 */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<Request>();
    const wanted = !isReading(request.method) && hasBody(request) && request.body === undefined;
    if (wanted) await this.read(request, context);
    return next.handle();
  }

  private async read(request: Request, context: ExecutionContext): Promise<void> {
    const places = [context.getHandler(), context.getClass()];
    const accepted = this.reflector.getAllAndOverride<string[] | undefined>(API_CONSUMES, places) ?? [
      JSON_TYPE,
    ];
    const type = mediaTypeOf(request);
    if (!accepted.includes(type)) {
      throw new KeywheelError('unsupported_media_type', `Send the body as ${accepted.join(' or ')}.`);
    }
    if (type !== JSON_TYPE) return;
    const limit = this.reflector.getAllAndOverride<number | undefined>(BODY_LIMIT, places) ?? MAX_BYTES;
    request.body = await readJson(request, limit);
  }
}
