import { CHAT, type Contestant } from './contestant.ts';

/** No gateway: what connection, upstream and reader cost by themselves. */
export const DIRECT: Contestant = {
  name: 'direct',
  what: 'the upstream, with nothing between',
  start: async (upstream) => ({ pid: -1, target: upstream + CHAT, headers: {}, stop: async () => {} }),
};
