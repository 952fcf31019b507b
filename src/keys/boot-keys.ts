import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Log } from '../logging/log.js';
import { KeyImport } from './import/key-import.js';
import { UpstreamSeeder } from './ports.js';

/** Sees to it that the upstreams of `OPENAI_API_KEYS` and the like hold at least these keys. */
@Injectable()
export class BootKeys implements OnApplicationBootstrap {
  constructor(
    private readonly config: Config,
    private readonly upstreams: UpstreamSeeder,
    private readonly imports: KeyImport,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const [preset, secrets] of Object.entries(this.config.presetKeys)) {
      if (secrets.length === 0) continue;
      const { id } = await this.upstreams.ensure(preset);
      const entries = secrets.map((secret, index) => ({ line: index + 1, key: secret.reveal() }));
      const { added, rejected } = await this.imports.add(id, entries);
      if (added > 0) this.log.info({ preset, added }, 'keys of the environment added');
      if (rejected.length > 0)
        this.log.warn({ preset, rejected }, 'keys of the environment that cannot be keys');
    }
  }
}
