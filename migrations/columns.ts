import { type QueryRunner, TableColumn, type TableColumnOptions } from 'typeorm';

type Extras = Pick<TableColumnOptions, 'isPrimary' | 'isNullable' | 'default'>;
type Make = (name: string, extras?: Extras) => TableColumn;

export interface Columns {
  /** Bounded text, compared by its bytes on every database. */
  string(name: string, length: number, extras?: Extras): TableColumn;
  /** An id of 22 characters, with room. */
  id: Make;
  /** Unbounded text; MySQL's holds 64 KiB. */
  text: Make;
  /** Text that holds JSON. */
  json: Make;
  /** Epoch milliseconds. */
  epoch: Make;
  /** A whole number up to 2^53. */
  count: Make;
  int: Make;
  double: Make;
  flag: Make;
}

/** The same columns in each database's words. */
export function columnsOf(runner: QueryRunner): Columns {
  const database = runner.dataSource.options.type;
  const mysql = database === 'mysql' || database === 'mariadb';
  // MySQL's default collations are blind to case and accents; ids, slugs and models are not.
  const bytewise = mysql ? { charset: 'utf8mb4', collation: 'utf8mb4_bin' } : {};
  const make =
    (options: Omit<TableColumnOptions, 'name'>): Make =>
    (name, extras) =>
      new TableColumn({ name, ...options, ...extras });
  const string: Columns['string'] = (name, length, extras) =>
    new TableColumn({ name, type: 'varchar', length: String(length), ...bytewise, ...extras });
  const text = make({ type: 'text', ...bytewise });
  return {
    string,
    text,
    json: text,
    id: (name, extras) => string(name, 32, extras),
    epoch: make({ type: 'bigint' }),
    count: make({ type: 'bigint' }),
    int: make({ type: mysql ? 'int' : 'integer' }),
    double: make({ type: mysql ? 'double' : 'double precision' }),
    flag: make(mysql ? { type: 'tinyint' } : { type: 'boolean' }),
  };
}

export const NULLABLE: Extras = { isNullable: true };
export const PRIMARY: Extras = { isPrimary: true };
