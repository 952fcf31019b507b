import { Entity } from 'typeorm';
import { EpochColumn, JsonColumn, PrimaryStringColumn } from '../database/columns.js';

type JsonValue = object | string | number | boolean;

/** A setting that somebody changed; absent rows mean the default. */
@Entity('settings')
export class SettingRow {
  @PrimaryStringColumn(64)
  name: string;

  @JsonColumn()
  value: JsonValue;

  @EpochColumn()
  updatedAt: number;
}
