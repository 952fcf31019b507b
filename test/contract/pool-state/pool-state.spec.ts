import { MemoryPoolState } from '../../../src/keys/pool/memory-pool-state.js';
import { DelayedPoolState } from './delayed-pool-state.js';
import { poolStateContract } from './pool-state-contract.js';

poolStateContract('in memory', (random) => new MemoryPoolState(random));

poolStateContract(
  'answering later',
  (random) => new DelayedPoolState(new MemoryPoolState(random), Math.random),
);
