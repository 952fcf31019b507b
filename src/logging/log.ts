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
   * A line at info for every call. `members` is the inside of a JSON object, ready to be written and free of
   * secrets: a line made by hand costs a fraction of `info`. Ask `isLevelEnabled` before.
   */
  abstract line(members: string): void;
  /** The same log with these fields on every line, e.g. `{ room: 'keys' }`. */
  abstract child(fields: Record<string, unknown>): Log;
}
