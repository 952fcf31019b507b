import { Redis } from 'ioredis';
import type { Fleet } from './fleet.ts';

export interface Mishaps {
  /** Milliseconds between two cuts of all connections to Redis. */
  readonly cutEveryMs: number;
  /** After so many cuts one gateway is killed and started anew. */
  readonly cutsPerKill: number;
}

export interface Suffered {
  readonly cuts: number;
  readonly kills: number;
}

/** Cuts connections to Redis and kills one gateway after the other, until it is over. */
export async function suffer(
  fleet: Fleet,
  { cutEveryMs, cutsPerKill }: Mishaps,
  isOver: () => boolean,
): Promise<Suffered> {
  const client = new Redis(fleet.redis.url);
  client.on('error', () => undefined);
  let cuts = 0;
  let kills = 0;
  while (!isOver()) {
    await new Promise((resolve) => setTimeout(resolve, cutEveryMs));
    await client.call('CLIENT', 'KILL', 'TYPE', cuts % 3 === 2 ? 'pubsub' : 'normal', 'SKIPME', 'yes');
    cuts += 1;
    if (cuts % cutsPerKill > 0) continue;
    const victim = kills % fleet.gateways.length;
    await fleet.gateways[victim]!.stop('SIGKILL');
    await fleet.start(victim);
    kills += 1;
  }
  client.disconnect();
  return { cuts, kills };
}
