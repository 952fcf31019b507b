import { installed } from '../machine/cores.ts';
import { fireAutocannon } from './autocannon.ts';
import type { Aim, Shot } from './shot.ts';
import { fireWrk } from './wrk.ts';

export const GENERATOR = installed('wrk') ? 'wrk' : 'autocannon (bundled; wrk is not installed)';

/** Load from a process of its own, by wrk where there is one. */
export const fire: (aim: Aim) => Promise<Shot> = installed('wrk') ? fireWrk : fireAutocannon;
