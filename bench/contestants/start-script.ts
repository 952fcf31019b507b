import { startScript } from '../machine/children.ts';
import { onGatewayCore } from '../machine/cores.ts';
import { CHAT, type Running } from './contestant.ts';

/** A proxy of this folder, with the upstream's address as its argument. */
export async function startProxy(file: string, upstream: string): Promise<Running> {
  const child = await startScript(`contestants/${file}`, [upstream], onGatewayCore);
  return { pid: child.pid, target: child.url + CHAT, headers: {}, stop: child.stop };
}
