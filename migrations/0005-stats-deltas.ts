import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { columnsOf, PRIMARY } from './columns.js';

/** What many keys have counted and what is not yet in their slices. */
export class StatsDeltas1763807000000 implements MigrationInterface {
  readonly name = 'StatsDeltas1763807000000';

  async up(runner: QueryRunner): Promise<void> {
    const c = columnsOf(runner);
    const columns = [c.int('part', PRIMARY), c.string('id', 64, PRIMARY), c.text('cells')];
    await runner.createTable(new Table({ name: 'stats_deltas', columns }), true);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('stats_deltas', true);
  }
}
