import { Global, Module } from '@nestjs/common';
import { Clock, SystemClock } from './kernel/clock.js';

/** The kernel's one moving part. */
@Global()
@Module({ providers: [{ provide: Clock, useClass: SystemClock }], exports: [Clock] })
export class KernelModule {}
