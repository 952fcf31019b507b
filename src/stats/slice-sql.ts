import type { EntityManager } from 'typeorm';
import { Cell, type CellKey } from './cell.js';

/*
 * The statements on stats_slices that mean the same on all three databases. Text columns are added by
 * joining (see histogram.ts), so an addition is one atomic statement without reading first.
 */

/** Rows in one statement: on SQLite each statement holds the event loop. */
export const ROWS_AT_ONCE = 100;

const KEY_COLUMNS = ['span', 'start', 'upstream', 'model', 'key_id', 'token_id'] as const;
const NUMBER_COLUMNS = [
  'calls',
  'failures',
  'attempts',
  'waited_ms',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'cost',
] as const;
const TEXT_COLUMNS = ['latency', 'first_byte', 'outcomes'] as const;
const COLUMNS = [...KEY_COLUMNS, ...NUMBER_COLUMNS, ...TEXT_COLUMNS];

type StoredCell = Record<(typeof NUMBER_COLUMNS)[number] | 'span' | 'start', number | string> &
  Record<(typeof TEXT_COLUMNS)[number] | 'upstream' | 'model' | 'key_id' | 'token_id', string>;

export type Dialect = 'sqlite' | 'mysql' | 'postgres';

export function dialectOf(manager: EntityManager): Dialect {
  switch (manager.dataSource.options.type) {
    case 'postgres':
      return 'postgres';
    case 'mysql':
    case 'mariadb':
      return 'mysql';
    default:
      return 'sqlite';
  }
}

/** Runs a statement written with `?`; PostgreSQL wants them numbered. */
export function run<T>(manager: EntityManager, sql: string, parameters: readonly unknown[]): Promise<T[]> {
  let at = 0;
  const text = dialectOf(manager) === 'postgres' ? sql.replace(/\?/g, () => `$${(at += 1)}`) : sql;
  return manager.query<T[]>(text, [...parameters]);
}

/** Adds cells to their rows, and makes the rows that are missing. No two cells may share a key. */
export async function addCells(tx: EntityManager, cells: readonly Cell[]): Promise<void> {
  if (cells.length === 0) return;
  const row = `(${COLUMNS.map(() => '?').join(', ')})`;
  const rows = cells.map(() => row).join(', ');
  const insert = `INSERT INTO stats_slices (${COLUMNS.join(', ')}) VALUES ${rows} ${ADD[dialectOf(tx)]}`;
  await run(tx, insert, cells.flatMap(valuesOf));
}

const ADD: Readonly<Record<Dialect, string>> = {
  sqlite: onConflict(),
  postgres: onConflict(),
  // MariaDB knows no other form; MySQL still takes it.
  mysql: `ON DUPLICATE KEY UPDATE ${[
    ...NUMBER_COLUMNS.map((name) => `${name} = ${name} + VALUES(${name})`),
    // Its text ends at 64 KiB: a slice that is added to very often keeps its counts, and the spread of the first.
    ...TEXT_COLUMNS.map(
      (name) =>
        `${name} = IF(LENGTH(${name}) + LENGTH(VALUES(${name})) > 65535, ${name}, CONCAT(${name}, VALUES(${name})))`,
    ),
  ].join(', ')}`,
};

function onConflict(): string {
  const sums = [
    ...NUMBER_COLUMNS.map((name) => `${name} = stats_slices.${name} + excluded.${name}`),
    ...TEXT_COLUMNS.map((name) => `${name} = stats_slices.${name} || excluded.${name}`),
  ];
  return `ON CONFLICT (${KEY_COLUMNS.join(', ')}) DO UPDATE SET ${sums.join(', ')}`;
}

/** Rows of one span that begin at or after `from` and before `before`; of keys or of calls alone, or all. */
export interface Range {
  readonly span: number;
  readonly from: number;
  readonly before: number;
  readonly of?: 'keys' | 'calls';
}

/** The oldest rows of a range, locked against other instances until the end of `tx`. */
export async function oldestCells(tx: EntityManager, range: Range, limit: number): Promise<Cell[]> {
  const half = range.of === undefined ? '' : ` AND key_id ${range.of === 'keys' ? '<>' : '='} ''`;
  const select = `SELECT * FROM stats_slices WHERE span = ? AND start >= ? AND start < ?${half}
    ORDER BY ${KEY_COLUMNS.join(', ')} LIMIT ${limit}`;
  const found = await run<StoredCell>(tx, select + lock(tx), [range.span, range.from, range.before]);
  return found.map(cellOf);
}

/** The rows that stand under these keys, locked until the end of `tx`. */
export async function cellsAt(tx: EntityManager, keys: readonly CellKey[]): Promise<Cell[]> {
  if (keys.length === 0) return [];
  const select = `SELECT * FROM stats_slices WHERE ${anyOf(tx, keys)}${lock(tx)}`;
  return (await run<StoredCell>(tx, select, keys.flatMap(keyValues))).map(cellOf);
}

export async function removeCells(tx: EntityManager, keys: readonly CellKey[]): Promise<void> {
  for (let i = 0; i < keys.length; i += ROWS_AT_ONCE) {
    const some = keys.slice(i, i + ROWS_AT_ONCE);
    await run(tx, `DELETE FROM stats_slices WHERE ${anyOf(tx, some)}`, some.flatMap(keyValues));
  }
}

/** How many rows each slice of a span has that begins after `after`, oldest first. */
export async function sliceSizes(
  manager: EntityManager,
  span: number,
  after: number,
): Promise<{ start: number; rows: number }[]> {
  const select =
    'SELECT start, COUNT(*) AS size FROM stats_slices WHERE span = ? AND start > ? GROUP BY start ORDER BY start';
  const found = await run<{ start: number | string; size: number | string }>(manager, select, [span, after]);
  return found.map(({ start, size }) => ({ start: Number(start), rows: Number(size) }));
}

/** A page of the rows of a span that begin between two times, both inclusive. */
export async function cellsBetween(
  manager: EntityManager,
  range: { span: number; first: number; last: number },
  limit: number,
  offset: number,
): Promise<Cell[]> {
  const select = `SELECT * FROM stats_slices WHERE span = ? AND start >= ? AND start <= ?
    ORDER BY ${KEY_COLUMNS.join(', ')} LIMIT ${limit} OFFSET ${offset}`;
  return (await run<StoredCell>(manager, select, [range.span, range.first, range.last])).map(cellOf);
}

export function lock(tx: EntityManager): string {
  return dialectOf(tx) === 'sqlite' ? '' : ' FOR UPDATE';
}

/** In the form that finds each key by the index. */
function anyOf(tx: EntityManager, keys: readonly CellKey[]): string {
  if (dialectOf(tx) !== 'sqlite') {
    const one = `(${KEY_COLUMNS.map((name) => `${name} = ?`).join(' AND ')})`;
    return `(${keys.map(() => one).join(' OR ')})`;
  }
  const one = `(${KEY_COLUMNS.map(() => '?').join(', ')})`;
  return `(${KEY_COLUMNS.join(', ')}) IN (VALUES ${keys.map(() => one).join(', ')})`;
}

function keyValues(key: CellKey): (string | number)[] {
  return [key.span, key.start, key.upstream, key.model, key.keyId, key.tokenId];
}

function valuesOf(cell: Cell): (string | number)[] {
  return [
    ...keyValues(cell),
    ...[cell.calls, cell.failures, cell.attempts, Math.round(cell.waitedMs)],
    ...[cell.inputTokens, cell.outputTokens, cell.cachedTokens, cell.cost],
    ...[cell.latency.encode(), cell.firstByte.encode(), cell.tallies.encode()],
  ];
}

function cellOf(row: StoredCell): Cell {
  const cell = new Cell({
    span: Number(row.span),
    start: Number(row.start),
    upstream: row.upstream,
    model: row.model,
    keyId: row.key_id,
    tokenId: row.token_id,
  });
  cell.calls = Number(row.calls);
  cell.failures = Number(row.failures);
  cell.attempts = Number(row.attempts);
  cell.waitedMs = Number(row.waited_ms);
  cell.inputTokens = Number(row.input_tokens);
  cell.outputTokens = Number(row.output_tokens);
  cell.cachedTokens = Number(row.cached_tokens);
  cell.cost = Number(row.cost);
  cell.latency.addEncoded(row.latency);
  cell.firstByte.addEncoded(row.first_byte);
  cell.tallies.addEncoded(row.outcomes);
  return cell;
}
