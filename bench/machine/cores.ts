import { execFileSync, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Whether a program is on the PATH. */
export function installed(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

export const CORES = availableParallelism();
const pinning = installed('taskset') && CORES > 1;
const others = CORES > 2 ? `1-${CORES - 1}` : '1';

/** Put before a command: the gateway under test has a core of its own. */
export const onGatewayCore: readonly string[] = pinning ? ['taskset', '-c', '0'] : [];
/** The same for a gateway of two processes. */
export const onTwoCores: readonly string[] = pinning ? ['taskset', '-c', '0,1'] : [];
/** The load generator and the upstream share the other cores. */
export const onOtherCores: readonly string[] = pinning ? ['taskset', '-c', others] : [];

/** Moves this process off the gateway's core; answers how the machine is shared, in words. */
export function leaveGatewayCore(): string {
  if (!pinning) return 'not pinned (no taskset, or one core)';
  execFileSync('taskset', ['-cp', others, String(process.pid)], { stdio: 'ignore' });
  return `gateway on core 0, load and upstream together on core ${others}`;
}
