import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;

/** CPU time that a process has used, user and system, in microseconds. Linux only; NaN elsewhere. */
export function cpuMicros(pid: number): number {
  const fields = read(pid, 'stat')
    .replace(/^.*\) /, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6;
}

/** Resident memory in MiB. Linux only; NaN elsewhere. */
export const rssMib = (pid: number): number => statusMib(pid, 'VmRSS');

/** The most that was ever resident, in MiB. Linux only; NaN elsewhere. */
export const peakMib = (pid: number): number => statusMib(pid, 'VmHWM');

/** Open file descriptors. Linux only; NaN elsewhere. */
export function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return Number.NaN;
  }
}

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
