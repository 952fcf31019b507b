import { Global, Module } from '@nestjs/common';
import { Admission } from './admission.js';
import { Affinities } from './affinity.js';
import { BodyRoom } from './body-room.js';
import { Forwarder } from './forwarder.js';
import { Judges } from './judges.js';
import { Lending } from './lending.js';
import { LoopGuard } from './loop-guard.js';
import { PoolRulesFeed } from './pool-rules.js';
import { Protection } from './protection.js';
import { ProxyEntry } from './proxy-entry.js';
import { Reception } from './reception.js';
import { Sender } from './sender.js';
import { UpstreamKeyChecker } from './upstream-key-checker.js';

/** The engine of the data plane, and the entry for plain HTTP. */
@Global()
@Module({
  providers: [
    Admission,
    Affinities,
    BodyRoom,
    Judges,
    Lending,
    LoopGuard,
    Protection,
    Reception,
    Sender,
    Forwarder,
    ProxyEntry,
    PoolRulesFeed,
    UpstreamKeyChecker,
  ],
  exports: [
    Admission,
    BodyRoom,
    Judges,
    Lending,
    LoopGuard,
    Reception,
    Forwarder,
    ProxyEntry,
    UpstreamKeyChecker,
  ],
})
export class ProxyModule {}
