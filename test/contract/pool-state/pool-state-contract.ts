import { describe } from 'vitest';
import { affinityContract } from './affinity-contract.js';
import type { CreateState } from './driver.js';
import { lifeContract } from './life-contract.js';
import { limitsContract } from './limits-contract.js';
import { propertyContract } from './property-contract.js';
import { restsContract } from './rests-contract.js';
import { rotationContract } from './rotation-contract.js';
import { silenceContract } from './silence-contract.js';

/** What every PoolState has to do, in memory or elsewhere. `create` makes one without any pool, `runs` is for properties. */
export function poolStateContract(name: string, create: CreateState, runs = 300): void {
  describe(name, () => {
    rotationContract(create);
    limitsContract(create);
    restsContract(create);
    lifeContract(create);
    affinityContract(create);
    silenceContract(create);
    propertyContract(create, runs);
  });
}
