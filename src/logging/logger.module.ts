import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Log } from './log.js';

/** The log that `main` has made, for every room. */
@Global()
@Module({})
export class LoggerModule {
  static register(log: Log): DynamicModule {
    return { module: LoggerModule, providers: [{ provide: Log, useValue: log }], exports: [Log] };
  }
}
