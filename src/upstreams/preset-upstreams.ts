import { Injectable } from '@nestjs/common';
import { Store } from '../database/store.js';
import { KeywheelError } from '../kernel/errors.js';
import { UpstreamRow } from './upstream-row.js';
import { UpstreamWriter } from './upstream-writer.js';

/** Makes sure that an upstream of a preset exists, for keys that come from the environment. */
@Injectable()
export class PresetUpstreams {
  constructor(
    private readonly store: Store,
    private readonly writer: UpstreamWriter,
  ) {}

  /**
   * The oldest upstream of the preset, else a new one whose slug is the preset's name, or the name and `-env`
   * where another upstream has that slug. Instances that start together end with the same one.
   */
  async ensure(preset: string): Promise<{ readonly id: string }> {
    return (
      (await this.oldest(preset)) ??
      (await this.create(preset, preset)) ??
      (await this.oldest(preset)) ??
      (await this.writer.create({ slug: `${preset}-env`, preset }))
    );
  }

  private oldest(preset: string): Promise<UpstreamRow | null> {
    const order = { createdAt: 'ASC', id: 'ASC' } as const;
    return this.store.manager.getRepository(UpstreamRow).findOne({ where: { preset }, order });
  }

  /** Null where the slug is taken. */
  private async create(slug: string, preset: string): Promise<UpstreamRow | null> {
    try {
      return await this.writer.create({ slug, preset });
    } catch (error) {
      if (error instanceof KeywheelError && error.code === 'conflict') return null;
      throw error;
    }
  }
}
