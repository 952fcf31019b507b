import { QueryFailedError } from 'typeorm';

const CODES: ReadonlySet<unknown> = new Set([
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  'ER_DUP_ENTRY',
  // PostgreSQL's unique_violation
  '23505',
]);

/** Whether a write failed because a unique index or primary key already holds the value, on any driver. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const driverError: unknown = error.driverError;
  return typeof driverError === 'object' && driverError !== null && 'code' in driverError
    ? CODES.has(driverError.code)
    : false;
}
