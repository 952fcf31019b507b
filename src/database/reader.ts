import type { OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/**
 * Where reads go. TypeORM has one connection on SQLite, on which a read would see the uncommitted rows of
 * the write in progress; so reads get their own, read-only one there. Elsewhere the pool serves both.
 */
export class Reader implements OnApplicationShutdown {
  private constructor(
    private readonly source: DataSource,
    private readonly own: boolean,
  ) {}

  static async beside(writer: DataSource): Promise<Reader> {
    const { options } = writer;
    if (options.type !== 'better-sqlite3' || options.database === ':memory:')
      return new Reader(writer, false);
    const reading = new DataSource({ ...options, readonly: true, enableWAL: false, migrations: [] });
    return new Reader(await reading.initialize(), true);
  }

  get manager(): EntityManager {
    return this.source.manager;
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.own && this.source.isInitialized) await this.source.destroy();
  }
}
