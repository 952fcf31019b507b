import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';
import { columnsOf, NULLABLE } from './columns.js';

/** Routes, and what upstreams can say of single models and of affinity; null there is the default. */
export class Routes1763800000000 implements MigrationInterface {
  readonly name = 'Routes1763800000000';

  async up(runner: QueryRunner): Promise<void> {
    const c = columnsOf(runner);
    const routes = new Table({
      name: 'routes',
      columns: [
        c.id('id', { isPrimary: true }),
        c.string('model', 200),
        c.json('targets'),
        c.string('strategy', 16),
        c.epoch('created_at'),
        c.epoch('updated_at'),
      ],
      indices: [new TableIndex({ name: 'uq_routes_model', columnNames: ['model'], isUnique: true })],
    });
    await runner.createTable(routes, true);
    // MySQL commits each step on its own: what an interrupted run added is kept and the rest follows.
    for (const column of [
      c.json('model_defaults', NULLABLE),
      c.flag('model_suffixes', NULLABLE),
      c.flag('affinity', NULLABLE),
    ]) {
      if (!(await runner.hasColumn('upstreams', column.name))) await runner.addColumn('upstreams', column);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['affinity', 'model_suffixes', 'model_defaults']) {
      if (await runner.hasColumn('upstreams', name)) await runner.dropColumn('upstreams', name);
    }
    await runner.dropTable('routes', true);
  }
}
