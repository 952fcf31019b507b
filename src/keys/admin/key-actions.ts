import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { CheckPlan } from '../checks/check-plan.js';
import { ProbeQueue } from '../checks/probe-queue.js';
import { KeyRemoval } from '../key-removal.js';
import { KeyStatuses } from '../key-statuses.js';
import type { KeyAction, KeyActionRequest, KeyActionResult } from './key-action.dto.js';
import type { LiveStatus } from '../live/live-status.js';
import { KeySelection } from './key-selection.js';

/** Keys of one transaction, so that calls and other writers go on beside a large action. */
const CHUNK = 100;

/** Whether the action would change a key in this state. */
const APPLIES: Readonly<Record<KeyAction, (live: LiveStatus) => boolean>> = {
  enable: ({ status }) => status === 'disabled',
  disable: ({ status }) => status !== 'disabled',
  delete: () => true,
  check: ({ status }) => status !== 'disabled',
  reset: ({ status }) => status !== 'disabled' && status !== 'active',
};

/** One action for many keys, in steps; `check` only puts them in line. */
@Injectable()
export class KeyActions {
  constructor(
    private readonly selection: KeySelection,
    private readonly statuses: KeyStatuses,
    private readonly removal: KeyRemoval,
    private readonly plan: CheckPlan,
    private readonly probes: ProbeQueue,
  ) {}

  async run(request: KeyActionRequest): Promise<KeyActionResult> {
    const result = { matched: 0, changed: 0 };
    for (const { upstreamId, keys } of await this.selection.of(request)) {
      result.matched += keys.length;
      const ids = keys.filter(({ live }) => APPLIES[request.action](live)).map(({ id }) => id);
      for (let at = 0; at < ids.length; at += CHUNK) {
        result.changed += await this.apply(request.action, upstreamId, ids.slice(at, at + CHUNK));
        await nextTurn();
      }
    }
    return result;
  }

  private async apply(action: KeyAction, upstreamId: string, ids: readonly string[]): Promise<number> {
    switch (action) {
      case 'enable':
        return this.statuses.enable(upstreamId, ids);
      case 'disable':
        return this.statuses.disable(upstreamId, ids);
      case 'delete':
        return this.removal.remove(upstreamId, ids);
      case 'reset':
        await this.plan.forget(ids);
        return this.statuses.lift(upstreamId, ids);
      case 'check':
        ids.forEach((id) => this.probes.add(id));
        return ids.length;
    }
  }
}
