import { Config } from '../config/config.js';
import { ChangeFeed } from '../database/change-feed.js';
import { Store } from '../database/store.js';
import { Log } from '../logging/log.js';
import { checkSetting } from './check-setting.js';
import { isSettingName, type SettingsValues } from './definitions.js';
import { inForce, type Layers } from './layers.js';
import { pinnedValues } from './pinned.js';
import { SettingRow } from './setting-row.js';
import { Settings } from './settings.js';

/** Keeps `Settings` equal to environment over database over default. Made with the first state loaded. */
export class SettingsSync {
  readonly settings = new Settings();
  private current: Layers;

  private constructor(
    private readonly store: Store,
    private readonly log: Log,
    pinned: Partial<SettingsValues>,
  ) {
    this.current = { pinned, stored: {} };
  }

  static async create(config: Config, store: Store, feed: ChangeFeed, log: Log): Promise<SettingsSync> {
    const sync = new SettingsSync(store, log, pinnedValues(config.pinnedSettings));
    feed.on('settings', () => sync.load());
    await sync.load();
    return sync;
  }

  /** Where each value comes from. */
  get layers(): Layers {
    return this.current;
  }

  private async load(): Promise<void> {
    const rows = await this.store.manager.find(SettingRow);
    const stored = Object.fromEntries(rows.flatMap((row) => this.read(row)));
    this.current = { pinned: this.current.pinned, stored };
    this.settings.replace(inForce(this.current));
  }

  /** A value of another release may be unknown or out of range here: then the default holds. */
  private read({ name, value }: SettingRow): [string, unknown][] {
    const checked = isSettingName(name) ? checkSetting(name, value) : undefined;
    if (checked?.ok) return [[name, checked.value]];
    const reason = checked?.message ?? 'is not a setting of this release';
    this.log.warn({ setting: name, reason }, 'a stored setting is not used, its default holds');
    return [];
  }
}
