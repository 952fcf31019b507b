import { Global, Module } from '@nestjs/common';
import { RedisLink } from '../redis/redis-link.js';
import { KeyActions } from './admin/key-actions.js';
import { KeyEditing } from './admin/key-editing.js';
import { KeyFinder } from './admin/key-finder.js';
import { KeyInspection } from './admin/key-inspection.js';
import { KeyList } from './admin/key-list.js';
import { KeySelection } from './admin/key-selection.js';
import { KeysController } from './admin/keys.controller.js';
import { UpstreamKeysController } from './admin/upstream-keys.controller.js';
import { BootKeys } from './boot-keys.js';
import { CheckPlan } from './checks/check-plan.js';
import { KeyProber } from './checks/key-prober.js';
import { PoolWatch } from './checks/pool-watch.js';
import { ProbeEffects } from './checks/probe-effects.js';
import { ProbeQueue } from './checks/probe-queue.js';
import { RecheckJob } from './checks/recheck-job.js';
import { KeyImport } from './import/key-import.js';
import { KeyOverview } from './key-overview.js';
import { KeyRemoval } from './key-removal.js';
import { KeyRing } from './key-ring.js';
import { KeyStatuses } from './key-statuses.js';
import { KeySync } from './key-sync.js';
import { LentKeys } from './lent-keys.js';
import { LiveKeys } from './live/live-keys.js';
import { PoolFigures } from './live/pool-figures.js';
import { Pins, PinStore } from './pins.js';
import { KeyPool } from './pool/key-pool.js';
import { MemoryPoolState } from './pool/memory-pool-state.js';
import { PoolState } from './pool/pool-state.js';
import { RedisPoolState } from './pool/redis/redis-pool-state.js';
import { PruneJob } from './prune-job.js';
import { KeyVault } from './secrets/key-vault.js';
import { StoredPins } from './stored-pins.js';
import { KeyIntake } from './sync/key-intake.js';
import { KeyLoader } from './sync/key-loader.js';
import { KeyMemories } from './sync/key-memories.js';
import { KeyRegistry } from './sync/key-registry.js';
import { LastUseWriter } from './sync/last-use-writer.js';
import { MemoryWriter } from './sync/memory-writer.js';
import { OrphanKeys } from './sync/orphan-keys.js';

/** What calls take: the pool and the secrets in it. */
const POOL = [
  {
    provide: PoolState,
    inject: [{ token: RedisLink, optional: true }],
    useFactory: (link?: RedisLink) =>
      !link || link.mode === 'absent' ? new MemoryPoolState() : new RedisPoolState(link),
  },
  LentKeys,
  { provide: KeyRing, useExisting: LentKeys },
  KeyPool,
  Pins,
  { provide: PinStore, useClass: StoredPins },
];

/** Keeps the pool and the database equal. */
const SYNC = [
  KeyVault,
  KeyStatuses,
  KeyRegistry,
  KeyLoader,
  KeyIntake,
  KeySync,
  KeyMemories,
  MemoryWriter,
  LastUseWriter,
  KeyRemoval,
  OrphanKeys,
  KeyImport,
  BootKeys,
  PruneJob,
];

const CHECKS = [CheckPlan, ProbeEffects, KeyProber, ProbeQueue, RecheckJob, PoolWatch];

const ADMIN = [KeyFinder, KeyList, KeySelection, KeyActions, KeyEditing, KeyInspection];

/** With what upstreams are called. */
@Global()
@Module({
  controllers: [UpstreamKeysController, KeysController],
  providers: [...POOL, ...SYNC, ...CHECKS, LiveKeys, PoolFigures, KeyOverview, ...ADMIN],
  exports: [KeyPool, PoolState, KeyRing, Pins, KeyOverview, KeyImport],
})
export class KeysModule {
  constructor(state: PoolState, watch: PoolWatch) {
    state.listen(watch);
  }
}
