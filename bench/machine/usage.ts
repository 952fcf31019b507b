import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;

/** CPU time that a process and its children have used, in microseconds. Linux only; NaN elsewhere. */
export const cpuMicros = (pid: number): number => sum(family(pid).map(ownCpuMicros));

const QUIET_SHARE = 0.1;
const LOOK_MS = 500;
const IN_ROW = 3;
const MOST_LOOKS = 60;

/** Until a process uses next to nothing of a core: what was left for it to do is done. Half a minute at most. */
export async function untilQuiet(pid: number): Promise<void> {
  let inRow = 0;
  for (let look = 0; look < MOST_LOOKS && inRow < IN_ROW; look += 1) {
    const before = cpuMicros(pid);
    await sleep(LOOK_MS);
    inRow = cpuMicros(pid) - before > QUIET_SHARE * LOOK_MS * 1000 ? 0 : inRow + 1;
  }
}

/** Resident memory of a process and its children, in MiB. Linux only; NaN elsewhere. */
export const rssMib = (pid: number): number => sum(family(pid).map((one) => statusMib(one, 'VmRSS')));

function family(pid: number): number[] {
  return [pid, ...childrenOf(pid)];
}

/** Linux only; none elsewhere. */
export function childrenOf(pid: number): number[] {
  return read(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ownCpuMicros(pid: number): number {
  const fields = read(pid, 'stat')
    .replace(/^.*\) /, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6;
}

/** The most that was ever resident, in MiB. Linux only; NaN elsewhere. */
export const peakMib = (pid: number): number => statusMib(pid, 'VmHWM');

function statusMib(pid: number, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(pid, 'status'))?.[1] ?? Number.NaN) / 1024;
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
