import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Colleagues } from './colleagues.js';

/** The other processes of this port, as `main` has met them. */
@Global()
@Module({})
export class WorkersModule {
  static register(colleagues: Colleagues): DynamicModule {
    return {
      module: WorkersModule,
      providers: [{ provide: Colleagues, useValue: colleagues }],
      exports: [Colleagues],
    };
  }
}
