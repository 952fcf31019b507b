import { Column, type ColumnOptions, PrimaryColumn, type ValueTransformer } from 'typeorm';

/*
 * Column decorators that mean the same on SQLite, MySQL/MariaDB and PostgreSQL. Property names in camelCase
 * become snake_case columns by the data source's naming strategy, so `name` is seldom needed.
 */

/** A bigint column as a number. Drivers give a string or a number; both sides hold whole numbers ≤ 2^53. */
export const bigintAsNumber: ValueTransformer = {
  to(value: unknown): unknown {
    if (typeof value !== 'number') return value;
    if (!Number.isSafeInteger(value)) throw new RangeError(`not a whole number up to 2^53: ${value}`);
    return value;
  },
  from(value: unknown): unknown {
    return typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value;
  },
};

/** A text column that holds JSON; null and undefined are SQL NULL. */
export const jsonAsText: ValueTransformer = {
  to: (value: unknown): unknown => (value === undefined || value === null ? null : JSON.stringify(value)),
  from: (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value),
};

/** A point in time: epoch milliseconds. */
export const EpochColumn = (options: ColumnOptions = {}) =>
  Column({ type: 'bigint', transformer: bigintAsNumber, ...options });

/** A whole number up to 2^53. */
export const CountColumn = (options: ColumnOptions = {}) =>
  Column({ type: 'bigint', transformer: bigintAsNumber, ...options });

/** A whole number up to 2^31. */
export const IntegerColumn = (options: ColumnOptions = {}) => Column({ type: 'int', ...options });

export const DoubleColumn = (options: ColumnOptions = {}) => Column({ type: 'double precision', ...options });

export const FlagColumn = (options: ColumnOptions = {}) => Column({ type: Boolean, ...options });

/** Any JSON value, at most 64 KiB (MySQL's text). */
export const JsonColumn = (options: ColumnOptions = {}) =>
  Column({ type: 'text', transformer: jsonAsText, ...options });

/** Unbounded text (MySQL: 64 KiB). */
export const TextColumn = (options: ColumnOptions = {}) => Column({ type: 'text', ...options });

/** Bounded text; compared case by case on every database. */
export const StringColumn = (length: number, options: ColumnOptions = {}) =>
  Column({ type: 'varchar', length: String(length), ...options });

/** An id of `newId()`. */
export const IdColumn = (options: ColumnOptions = {}) => StringColumn(32, options);

export const PrimaryIdColumn = () => PrimaryColumn({ type: 'varchar', length: '32' });

/** A primary key, or a part of one, that is bounded text. */
export const PrimaryStringColumn = (length: number) =>
  PrimaryColumn({ type: 'varchar', length: String(length) });

/** A part of a primary key that is a number. */
export const PrimaryNumberColumn = (type: 'int' | 'bigint') =>
  PrimaryColumn(type === 'bigint' ? { type, transformer: bigintAsNumber } : { type });
