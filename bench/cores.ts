import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;

/** Whether a program is on the PATH. */
export function installed(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

const pinning = installed('taskset') && availableParallelism() > 1;

/** Put before a command: the gateway under test has a core of its own. */
export const onGatewayCore: readonly string[] = pinning ? ['taskset', '-c', '0'] : [];
/** The load generator and the upstream share the other cores. */
export const onOtherCores: readonly string[] = pinning
  ? ['taskset', '-c', `1-${availableParallelism() - 1}`]
  : [];

/** Moves this process off the gateway's core. */
export function leaveGatewayCore(): string {
  if (!pinning) return 'not pinned (no taskset, or one core)';
  execFileSync('taskset', ['-cp', `1-${availableParallelism() - 1}`, String(process.pid)], {
    stdio: 'ignore',
  });
  return `gateway on core 0, load and upstream on core 1${availableParallelism() > 2 ? ` to ${availableParallelism() - 1}` : ''}`;
}

/** CPU time that a process has used, user and system, in microseconds. Linux only; NaN elsewhere. */
export function cpuMicros(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6;
  } catch {
    return Number.NaN;
  }
}

/** Resident memory in MiB. Linux only; NaN elsewhere. */
export function rssMib(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
