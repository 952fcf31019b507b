import { Initial1763700000000 } from './0001-initial.js';
import { Routes1763800000000 } from './0002-routes.js';
import { NoStreaming1763805000000 } from './0003-no-streaming.js';
import { ResponsesApi1763806000000 } from './0004-responses-api.js';
import { StatsDeltas1763807000000 } from './0005-stats-deltas.js';

/** Every migration in order. A new one is one file and one line; one that was released is never changed. */
export const migrations = [
  Initial1763700000000,
  Routes1763800000000,
  NoStreaming1763805000000,
  ResponsesApi1763806000000,
  StatsDeltas1763807000000,
];
