import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { columnsOf, NULLABLE } from './columns.js';

/** Whether an upstream has OpenAI's Responses; null is what its preset says. */
export class ResponsesApi1763806000000 implements MigrationInterface {
  readonly name = 'ResponsesApi1763806000000';

  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('upstreams', 'responses_api')) return;
    await runner.addColumn('upstreams', columnsOf(runner).string('responses_api', 16, NULLABLE));
  }

  async down(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('upstreams', 'responses_api')) {
      await runner.dropColumn('upstreams', 'responses_api');
    }
  }
}
