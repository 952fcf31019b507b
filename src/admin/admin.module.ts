import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { ApiDocument } from './api-document.js';
import { AuditInterceptor } from './audit.interceptor.js';
import { AuthGuard } from './auth.guard.js';
import { Authenticator } from './authenticator.js';
import { BodyInterceptor } from './body.interceptor.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestFacts } from './request-facts.js';
import { StrictValidationPipe } from './validation.pipe.js';

/** The shell around every controller, in the order a request meets it. */
@Global()
@Module({
  providers: [
    RequestFacts,
    ApiDocument,
    Authenticator,
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
    { provide: APP_INTERCEPTOR, useClass: BodyInterceptor },
    { provide: APP_PIPE, useClass: StrictValidationPipe },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [RequestFacts, ApiDocument, Authenticator],
})
export class AdminModule {}
