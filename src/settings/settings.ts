import { Injectable } from '@nestjs/common';
import { DEFAULT_SETTINGS, type SettingsValues } from './definitions.js';

/** The run-time settings in force, as one frozen snapshot that is replaced whole. */
@Injectable()
export class Settings {
  private snapshot: SettingsValues = DEFAULT_SETTINGS;
  private readonly listeners: ((values: SettingsValues) => void)[] = [];

  /** Read it anew for each use; never keep it. */
  get values(): SettingsValues {
    return this.snapshot;
  }

  /** Called after each replacement, not for the first state. */
  onChange(listener: (values: SettingsValues) => void): void {
    this.listeners.push(listener);
  }

  /** For `SettingsSync` and tests. */
  replace(values: SettingsValues): void {
    this.snapshot = Object.freeze({ ...values });
    for (const listener of this.listeners) listener(this.snapshot);
  }
}
