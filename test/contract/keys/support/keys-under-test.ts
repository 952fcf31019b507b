import { DataSource } from 'typeorm';
import { migrations } from '#migrations';
import { parseDatabaseUrl } from '../../../../src/config/database-url.js';
import { testConfig } from '../../../../src/config/config.fixture.js';
import { ChangeFeed } from '../../../../src/database/change-feed.js';
import { dataSourceOptions } from '../../../../src/database/data-source-options.js';
import { openDatabase } from '../../../../src/database/open-database.js';
import { Reader } from '../../../../src/database/reader.js';
import { Store } from '../../../../src/database/store.js';
import { entities } from '../../../../src/entities.js';
import { ManualClock } from '../../../../src/kernel/clock.js';
import { Secret } from '../../../../src/kernel/secret.js';
import { CheckPlan } from '../../../../src/keys/checks/check-plan.js';
import { KeyProber } from '../../../../src/keys/checks/key-prober.js';
import { PoolWatch } from '../../../../src/keys/checks/pool-watch.js';
import { ProbeEffects } from '../../../../src/keys/checks/probe-effects.js';
import { ProbeQueue } from '../../../../src/keys/checks/probe-queue.js';
import { RecheckJob } from '../../../../src/keys/checks/recheck-job.js';
import { KeyImport } from '../../../../src/keys/import/key-import.js';
import { KeyRemoval } from '../../../../src/keys/key-removal.js';
import { KeyStatuses } from '../../../../src/keys/key-statuses.js';
import { KeySync } from '../../../../src/keys/key-sync.js';
import { LentKeys } from '../../../../src/keys/lent-keys.js';
import { MemoryPoolState } from '../../../../src/keys/pool/memory-pool-state.js';
import { type CheckResult, KeyChecker, UpstreamLookup } from '../../../../src/keys/ports.js';
import { KeyVault } from '../../../../src/keys/secrets/key-vault.js';
import { newMasterKeyText } from '../../../../src/keys/secrets/master-keys.js';
import { KeyIntake } from '../../../../src/keys/sync/key-intake.js';
import { KeyLoader } from '../../../../src/keys/sync/key-loader.js';
import { KeyMemories } from '../../../../src/keys/sync/key-memories.js';
import { KeyRegistry } from '../../../../src/keys/sync/key-registry.js';
import { MemoryWriter } from '../../../../src/keys/sync/memory-writer.js';
import { RecordingLog } from '../../../../src/logging/log.fixture.js';
import { Settings } from '../../../../src/settings/settings.js';

/** Answers every check as it is told, by the secret. */
export class ScriptedChecker extends KeyChecker {
  readonly answers = new Map<string, CheckResult | undefined>();
  readonly asked: string[] = [];

  override check(_: string, secret: Secret): Promise<CheckResult | undefined> {
    this.asked.push(secret.reveal());
    const good: CheckResult = { verdict: { blame: 'none', reason: 'ok', retry: 'no' }, status: 200 };
    return Promise.resolve(this.answers.has(secret.reveal()) ? this.answers.get(secret.reveal()) : good);
  }
}

/** Slug `name` is upstream `id-name`. */
export class NamedUpstreams extends UpstreamLookup {
  override idOf = (slug: string): string => `id-${slug}`;
  override slugOf = (id: string): string => id.replace(/^id-/, '');
}

export const masterKey = () => new Secret(newMasterKeyText());

/** Each upstream's name is its id; the pools exist as soon as a key is put. */
export const UPSTREAM = 'id-one';

async function openStore(url: string, feed: ChangeFeed, log: RecordingLog) {
  const database = parseDatabaseUrl(url);
  if (!database) throw new Error(`not a database: ${url}`);
  const source: DataSource = await openDatabase(dataSourceOptions(database, entities, migrations));
  const reader = await Reader.beside(source);
  const close = async () => {
    await reader.onApplicationShutdown();
    await source.destroy();
  };
  return { store: new Store(source, reader, feed, log), database, close };
}

/** One instance's keys room over a database, wired as the module does it, with memory pools. */
export async function openKeys(url: string, master: Secret, clock = new ManualClock(Date.now())) {
  const log = new RecordingLog();
  const feed = new ChangeFeed();
  const { store, database, close } = await openStore(url, feed, log);
  const config = testConfig({ database, masterKey: master });
  const vault = new KeyVault(config, store);
  const ring = new LentKeys();
  const state = new MemoryPoolState();
  const registry = new KeyRegistry();
  const loader = new KeyLoader(store);
  const intake = new KeyIntake(vault, ring, state, registry, loader);
  const sync = new KeySync(vault, feed, loader, intake, registry);
  const settings = new Settings();
  const plan = new CheckPlan(store, settings, clock);
  const statuses = new KeyStatuses(store, clock);
  const writer = new MemoryWriter(state, new KeyMemories(store, statuses, registry, plan, clock), log);
  const checker = new ScriptedChecker();
  const prober = new KeyProber(store, ring, checker, new ProbeEffects(statuses, plan, state, clock), clock);
  const queue = new ProbeQueue(prober, log);
  const recheck = new RecheckJob(plan, queue, log);
  const watch = new PoolWatch(writer, statuses, plan, queue, log);
  state.listen(watch);
  const imports = new KeyImport(store, vault, clock);
  const removal = new KeyRemoval(store);
  const upstreams = new NamedUpstreams();
  const parts = { store, vault, ring, state, registry, statuses, plan, writer, checker, prober, queue };
  return {
    ...parts,
    recheck,
    imports,
    removal,
    upstreams,
    clock,
    log,
    feed,
    settings,
    boot: () => sync.onModuleInit(),
    async close(): Promise<void> {
      await queue.beforeApplicationShutdown();
      await writer.beforeApplicationShutdown();
      await close();
    },
  };
}

export type KeysUnderTest = Awaited<ReturnType<typeof openKeys>>;

export const entriesOf = (...keys: string[]) => keys.map((key, index) => ({ line: index + 1, key }));
