/** What a line says besides its text. Secrets print as `[secret]`; an error goes under `err`. */
export type LogFields = object;

/**
 * The process's log: one JSON line each. pino stands behind it, so a line below the level in force costs
 * next to nothing; build costly fields only after `isLevelEnabled`.
 */
export abstract class Log {
  abstract trace(fields: LogFields, message?: string): void;
  abstract debug(fields: LogFields, message?: string): void;
  abstract info(fields: LogFields, message?: string): void;
  abstract warn(fields: LogFields, message?: string): void;
  abstract error(fields: LogFields, message?: string): void;
  abstract fatal(fields: LogFields, message?: string): void;
  abstract isLevelEnabled(level: string): boolean;
  /**
   * Lines at info, one for each call. Each is the inside of a JSON object, ready to be written and free of secrets:
   * made by hand and written together, within 50 ms, they cost a fraction of `info`. Ask `isLevelEnabled` before.
   */
  abstract bulk(members: readonly string[]): void;
  /**
   * The last line, at info. Resolves when it has left, or nobody reads: after it the process can exit. Lines that come
   * later may be lost.
   */
  abstract end(fields: LogFields, message: string): Promise<void>;
  /** The same log with these fields on every line, e.g. `{ room: 'keys' }`. */
  abstract child(fields: Record<string, unknown>): Log;
}
