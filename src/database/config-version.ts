import { Entity } from 'typeorm';
import { CountColumn, PrimaryNumberColumn } from './columns.js';

/** One row, id 1: the version of the whole configuration. Its row lock puts the writers in order. */
@Entity('config_version')
export class ConfigVersion {
  @PrimaryNumberColumn('int')
  id: number;

  @CountColumn()
  version: number;
}
