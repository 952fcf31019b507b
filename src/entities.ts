import { AuditRow } from './access/audit-row.js';
import { SessionRow } from './access/session-row.js';
import { TokenRow } from './access/token-row.js';
import { ChangeRow } from './database/change-row.js';
import { ConfigVersion } from './database/config-version.js';
import { KeyCheckRow } from './keys/rows/key-check-row.js';
import { KeyMemoryRow } from './keys/rows/key-memory-row.js';
import { KeyRow } from './keys/rows/key-row.js';
import { MasterKeyRow } from './keys/rows/master-key-row.js';
import { PinnedResourceRow } from './keys/rows/pinned-resource-row.js';
import { RouteRow } from './routes/route-row.js';
import { SettingRow } from './settings/setting-row.js';
import { DeltaRow, FlushRow, SliceRow } from './stats/slice-row.js';
import { UpstreamRow } from './upstreams/upstream-row.js';

/** Every table that the application knows. A new entity is one line here and one in a migration. */
export const entities = [
  ConfigVersion,
  ChangeRow,
  SettingRow,
  TokenRow,
  SessionRow,
  AuditRow,
  UpstreamRow,
  RouteRow,
  KeyRow,
  KeyMemoryRow,
  KeyCheckRow,
  PinnedResourceRow,
  MasterKeyRow,
  SliceRow,
  FlushRow,
  DeltaRow,
];
