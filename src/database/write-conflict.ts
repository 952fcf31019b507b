import { QueryFailedError } from 'typeorm';

/** What the databases say when two transactions got in each other's way and one may simply try again. */
const CODES: ReadonlySet<unknown> = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_CHECKREAD',
  // PostgreSQL: deadlock_detected, serialization_failure
  '40P01',
  '40001',
  'SQLITE_BUSY',
  'SQLITE_BUSY_SNAPSHOT',
]);

export function isWriteConflict(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const driverError: unknown = error.driverError;
  return (
    typeof driverError === 'object' &&
    driverError !== null &&
    'code' in driverError &&
    CODES.has(driverError.code)
  );
}
