import { type MigrationInterface, type QueryRunner, Table, type TableColumn, TableIndex } from 'typeorm';
import { type Columns, columnsOf, NULLABLE, PRIMARY } from './columns.js';

function index(name: string, ...columnNames: string[]): TableIndex {
  return new TableIndex({ name, columnNames });
}

function unique(name: string, ...columnNames: string[]): TableIndex {
  return new TableIndex({ name, columnNames, isUnique: true });
}

function table(name: string, columns: TableColumn[], indices: TableIndex[] = []): Table {
  return new Table({ name, columns, indices });
}

function configurationTables(c: Columns): Table[] {
  return [
    table('config_version', [c.int('id', PRIMARY), c.count('version')]),
    table('changes', [
      c.count('version', PRIMARY),
      c.string('kind', 16),
      c.string('ref', 64),
      c.json('ids', NULLABLE),
      c.epoch('at'),
    ]),
    table('settings', [c.string('name', 64, PRIMARY), c.json('value'), c.epoch('updated_at')]),
    table('master_keys', [
      c.id('id', PRIMARY),
      c.text('check_value'),
      c.epoch('created_at'),
      c.epoch('retired_at', NULLABLE),
    ]),
  ];
}

function upstreamTables(c: Columns): Table[] {
  const columns = [
    c.id('id', PRIMARY),
    c.string('slug', 64),
    c.string('preset', 32),
    c.string('name', 200),
    c.string('protocol', 16),
    c.string('base_url', 2000),
    c.json('credential'),
    c.json('models'),
    c.string('rotation', 20),
    c.int('priority'),
    c.int('weight'),
    c.json('limits'),
    c.json('headers'),
    c.json('parameters'),
    c.json('model_map'),
    c.json('timeouts'),
    c.json('check_request', NULLABLE),
    c.flag('retry_unsafe'),
    c.flag('enabled'),
    c.epoch('created_at'),
    c.epoch('updated_at'),
  ];
  return [table('upstreams', columns, [unique('uq_upstreams_slug', 'slug')])];
}

function keyTables(c: Columns): Table[] {
  const apiKeys = [
    c.id('id', PRIMARY),
    c.id('upstream_id'),
    c.string('label', 200, NULLABLE),
    c.json('tags'),
    c.text('cipher'),
    c.id('cipher_key_id'),
    c.string('fingerprint', 64),
    c.string('masked', 32),
    c.string('status', 16),
    c.string('reason', 100, NULLABLE),
    c.epoch('until', NULLABLE),
    c.int('weight'),
    c.int('priority'),
    c.string('quota_group', 100, NULLABLE),
    c.json('limits'),
    c.epoch('created_at'),
    c.epoch('updated_at'),
    c.epoch('last_used_at', NULLABLE),
    c.count('version', { default: 0 }),
  ];
  const keyChecks = [
    c.id('key_id', PRIMARY),
    c.epoch('next_at'),
    c.int('interval_seconds'),
    c.epoch('last_at', NULLABLE),
    c.string('last_reason', 100, NULLABLE),
    c.int('failures'),
  ];
  const pinnedResources = [
    c.id('upstream_id', PRIMARY),
    c.string('name', 300, PRIMARY),
    c.id('key_id'),
    c.epoch('created_at'),
    c.epoch('expires_at'),
  ];
  return [
    table('api_keys', apiKeys, [
      index('ix_api_keys_upstream', 'upstream_id'),
      index('ix_api_keys_status', 'upstream_id', 'status'),
      unique('uq_api_keys_fingerprint', 'upstream_id', 'fingerprint'),
    ]),
    table(
      'key_memory',
      [c.id('key_id', PRIMARY), c.id('upstream_id'), c.json('memory'), c.epoch('updated_at')],
      [index('ix_key_memory_upstream', 'upstream_id')],
    ),
    table('key_checks', keyChecks, [index('ix_key_checks_next_at', 'next_at')]),
    table('pinned_resources', pinnedResources, [index('ix_pinned_resources_expires_at', 'expires_at')]),
  ];
}

function accessTables(c: Columns): Table[] {
  const accessTokens = [
    c.id('id', PRIMARY),
    c.string('name', 200),
    c.string('digest', 64),
    c.string('hint', 16),
    c.string('role', 16),
    c.json('scopes'),
    c.json('limits'),
    c.epoch('expires_at', NULLABLE),
    c.json('allowed_ips', NULLABLE),
    c.epoch('created_at'),
    c.epoch('last_used_at', NULLABLE),
    c.double('spent', { default: 0 }),
    c.json('day_count', NULLABLE),
  ];
  const sessions = [
    c.string('digest', 64, PRIMARY),
    c.id('token_id', NULLABLE),
    c.string('role', 16),
    c.epoch('created_at'),
    c.epoch('expires_at'),
  ];
  const auditLog = [
    c.id('id', PRIMARY),
    c.epoch('at'),
    c.string('actor', 100),
    c.string('role', 16),
    c.string('action', 100),
    c.string('target', 300),
    c.int('status'),
    c.string('ip', 64),
    c.string('request_id', 64),
    c.json('detail', NULLABLE),
  ];
  return [
    table('access_tokens', accessTokens, [unique('uq_access_tokens_digest', 'digest')]),
    table('sessions', sessions, [index('ix_sessions_expires_at', 'expires_at')]),
    table('audit_log', auditLog, [index('ix_audit_log_at', 'at')]),
  ];
}

function statsTables(c: Columns): Table[] {
  const slices = [
    c.int('span', PRIMARY),
    c.epoch('start', PRIMARY),
    c.string('upstream', 64, PRIMARY),
    c.string('model', 200, PRIMARY),
    c.id('key_id', PRIMARY),
    c.id('token_id', PRIMARY),
    c.int('calls'),
    c.int('failures'),
    c.int('attempts'),
    c.count('waited_ms'),
    c.count('input_tokens'),
    c.count('output_tokens'),
    c.count('cached_tokens'),
    c.double('cost'),
    c.text('latency'),
    c.text('first_byte'),
    c.json('outcomes'),
  ];
  const flushes = [c.string('id', 64, PRIMARY), c.epoch('at')];
  return [
    table('stats_slices', slices),
    table('stats_flushes', flushes, [index('ix_stats_flushes_at', 'at')]),
  ];
}

function tables(c: Columns): Table[] {
  return [configurationTables, upstreamTables, keyTables, accessTables, statsTables].flatMap((part) =>
    part(c),
  );
}

export class Initial1763700000000 implements MigrationInterface {
  readonly name = 'Initial1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    // MySQL commits each table on its own: what an interrupted run left is kept and the rest is added.
    for (const each of tables(columnsOf(runner))) await runner.createTable(each, true);
    const version: unknown = await runner.manager
      .createQueryBuilder()
      .select('v.id')
      .from('config_version', 'v')
      .getRawOne();
    if (!version) {
      await runner.manager
        .createQueryBuilder()
        .insert()
        .into('config_version', ['id', 'version'])
        .values({ id: 1, version: 0 })
        .execute();
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const each of tables(columnsOf(runner)).reverse()) await runner.dropTable(each.name, true);
  }
}
