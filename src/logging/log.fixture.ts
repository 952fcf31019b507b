import { Log, type LogFields } from './log.js';

export interface LogLine {
  readonly level: string;
  readonly fields: LogFields;
  readonly message: string | undefined;
}

/** A log for tests that keeps its lines. */
export class RecordingLog extends Log {
  constructor(readonly lines: LogLine[] = []) {
    super();
  }

  trace = this.keep('trace');
  debug = this.keep('debug');
  info = this.keep('info');
  warn = this.keep('warn');
  error = this.keep('error');
  fatal = this.keep('fatal');

  bulk(members: readonly string[]): void {
    for (const line of members) {
      this.lines.push({ level: 'info', fields: JSON.parse(`{${line}}`) as LogFields, message: undefined });
    }
  }

  isLevelEnabled(): boolean {
    return true;
  }

  async end(fields: LogFields, message: string): Promise<void> {
    this.info(fields, message);
  }

  child(): Log {
    return this;
  }

  private keep(level: string) {
    return (fields: LogFields, message?: string): void => {
      this.lines.push({ level, fields, message });
    };
  }
}
