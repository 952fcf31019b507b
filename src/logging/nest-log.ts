import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.js';

/** Nest's own lines, in the same log. */
export class NestLog implements LoggerService {
  constructor(private readonly target: Log) {}

  /** Nest tells of every module and route it builds: that is for debugging. */
  log(message: unknown, ...rest: unknown[]): void {
    this.target.debug(fieldsOf(rest), textOf(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.target.error({ ...fieldsOf(rest), ...errorOf(message, rest) }, textOf(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.target.warn(fieldsOf(rest), textOf(message));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.target.debug(fieldsOf(rest), textOf(message));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.target.trace(fieldsOf(rest), textOf(message));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.target.fatal({ ...fieldsOf(rest), ...errorOf(message, rest) }, textOf(message));
  }
}

/** Nest hands the context, the class that speaks, as the last argument. */
function fieldsOf(rest: readonly unknown[]): { nest?: string } {
  const context = rest.at(-1);
  return typeof context === 'string' ? { nest: context } : {};
}

function errorOf(message: unknown, rest: readonly unknown[]): { err?: Error; stack?: string } {
  const error = [message, ...rest].find((part) => part instanceof Error);
  if (error) return { err: error };
  const [stack] = rest;
  return typeof stack === 'string' && rest.length > 1 ? { stack } : {};
}

function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  return message instanceof Error ? message.message : (JSON.stringify(message) ?? typeof message);
}
