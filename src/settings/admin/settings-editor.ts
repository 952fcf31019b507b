import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { variableOfSetting } from '../../config/read-environment.js';
import { type Note, Store } from '../../database/store.js';
import { KeywheelError } from '../../kernel/errors.js';
import { checkSetting } from '../check-setting.js';
import { isSettingName, SETTING_NAMES, type SettingName } from '../definitions.js';
import { SettingRow } from '../setting-row.js';
import { SettingsSync } from '../settings-sync.js';
import { type SettingView, viewSetting } from './setting-view.js';

/** Reads and changes the database's layer of the settings. */
@Injectable()
export class SettingsEditor {
  constructor(
    private readonly store: Store,
    private readonly sync: SettingsSync,
  ) {}

  list(): Record<string, SettingView> {
    return Object.fromEntries(SETTING_NAMES.map((name) => [name, viewSetting(this.sync.layers, name)]));
  }

  /** All or nothing: with one bad value none is changed. */
  async patch(values: Readonly<Record<string, unknown>>): Promise<Record<string, SettingView>> {
    const checked = this.check(values);
    if (checked.length === 0) return this.list();
    const updatedAt = Date.now();
    await this.store.write(async (tx, note) => {
      for (const [name, value] of checked) {
        await tx.getRepository(SettingRow).save({ name, value, updatedAt });
        note({ kind: 'settings', ref: name });
      }
    });
    return this.list();
  }

  /** Back to the default. */
  async reset(name: string): Promise<void> {
    if (!isSettingName(name)) throw new KeywheelError('not_found', `There is no setting ${name}.`);
    this.refusePinned([name]);
    await this.store.write(async (tx: EntityManager, note: Note) => {
      await tx.delete(SettingRow, { name });
      note({ kind: 'settings', ref: name });
    });
  }

  private check(values: Readonly<Record<string, unknown>>): [SettingName, SettingRow['value']][] {
    const faults: { path: string; message: string }[] = [];
    const checked: [SettingName, SettingRow['value']][] = [];
    for (const [name, value] of Object.entries(values)) {
      const result = isSettingName(name) ? checkSetting(name, value) : undefined;
      if (result?.ok) checked.push([name as SettingName, result.value]);
      else faults.push({ path: name, message: result?.message ?? 'is not a setting' });
    }
    if (faults.length > 0) {
      const first = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
      throw new KeywheelError('validation_failed', first, { faults });
    }
    this.refusePinned(checked.map(([name]) => name));
    return checked;
  }

  private refusePinned(names: readonly SettingName[]): void {
    const pinned = names.filter((name) => this.sync.layers.pinned[name] !== undefined);
    if (pinned.length === 0) return;
    const variables = pinned.map(variableOfSetting).join(', ');
    throw new KeywheelError('conflict', `${pinned.join(', ')}: pinned by the environment (${variables}).`);
  }
}
