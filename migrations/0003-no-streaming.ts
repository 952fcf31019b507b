import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { columnsOf, NULLABLE } from './columns.js';

/** Which models of an upstream cannot stream; null is none. */
export class NoStreaming1763805000000 implements MigrationInterface {
  readonly name = 'NoStreaming1763805000000';

  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('upstreams', 'no_streaming')) return;
    await runner.addColumn('upstreams', columnsOf(runner).json('no_streaming', NULLABLE));
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('upstreams', 'no_streaming'))
      await runner.dropColumn('upstreams', 'no_streaming');
  }
}
