import { Global, Module } from '@nestjs/common';
import { Egress } from './egress.js';
import { GuardedLookup } from './guarded-lookup.js';
import { HttpClient } from './http-client.js';

/** The only way out of the process to a third party. */
@Global()
@Module({ providers: [GuardedLookup, Egress, HttpClient], exports: [Egress, HttpClient] })
export class EgressModule {}
