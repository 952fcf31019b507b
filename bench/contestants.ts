import { CHAT, type Contestant } from './contestants/contestant.ts';
import { LIMITS, startKeywheel } from './contestants/start-keywheel.ts';
import { startNginxProxy } from './contestants/start-nginx.ts';
import { startPortkey } from './contestants/start-portkey.ts';
import { startProxy } from './contestants/start-script.ts';

export const BARE = 'bare';
export const KEYWHEEL = 'keywheel';
export const PORTKEY = 'portkey';

/** All that can be asked for by name. Sections that need others beside them (Redis, pools) make their own. */
export const CONTESTANTS: readonly Contestant[] = [
  {
    name: BARE,
    what: 'node:http and undici, bodies buffered, nothing else',
    start: (upstream) => startProxy('bare-proxy.ts', upstream),
  },
  { name: 'nginx', what: 'one worker of nginx as reverse proxy', start: startNginxProxy },
  {
    name: 'nest',
    what: 'a Nest controller on Express with undici',
    start: (upstream) => startProxy('nest-proxy.ts', upstream),
  },
  {
    name: KEYWHEEL,
    what: 'Keywheel, memory mode, SQLite, 10 keys with limits of requests and tokens, chat completions',
    start: (upstream) => startKeywheel(upstream, { limits: LIMITS }),
  },
  {
    name: 'keywheel-unlimited',
    what: 'the same without limits',
    start: (upstream) => startKeywheel(upstream),
  },
  {
    name: 'keywheel-proxy',
    what: 'Keywheel, 10 keys, the same call as plain HTTP',
    start: (upstream) => startKeywheel(upstream, { path: `/proxy/bench${CHAT}` }),
  },
  { name: PORTKEY, what: "Portkey's gateway 1.15.2, one key", start: startPortkey },
];

/** Those of that name, in the order of the list. */
export function called(...names: readonly string[]): Contestant[] {
  return CONTESTANTS.filter(({ name }) => names.includes(name));
}
