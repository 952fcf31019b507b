import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AuditLog, type AuditEntry } from '../../../src/access/audit-log.js';
import { AUDIT_KEPT, AuditRetention } from '../../../src/access/audit-retention.js';
import { AuditRow } from '../../../src/access/audit-row.js';
import { Store } from '../../../src/database/store.js';
import { ManualClock } from '../../../src/kernel/clock.js';
import { databasesUnderTest, type TestDatabase } from '../../support/servers.js';
import { openRooms, type Rooms } from '../database/open-rooms.js';

const BEGIN = 1_800_000_000_000;
const entry = (target: string): AuditEntry => ({
  ...{ actor: 'ADMIN_TOKEN', role: 'super_admin', action: 'POST', target },
  ...{ status: 201, ip: '127.0.0.1', requestId: 'req_1', detail: null },
});

describe.each(await databasesUnderTest())('the audit log on $name', ({ create }) => {
  let database: TestDatabase;
  let rooms: Rooms;

  beforeAll(async () => {
    database = await create();
    rooms = await openRooms(database.url);
  });
  afterAll(async () => {
    await rooms.close();
    await database.drop();
  });

  const targets = async () =>
    (await rooms.get(Store).manager.find(AuditRow, { order: { at: 'ASC' } })).map(({ target }) => target);

  it('keeps entries for 400 days, however many are past them', async () => {
    const clock = new ManualClock(BEGIN);
    const store = rooms.get(Store);
    const audit = new AuditLog(store, clock);
    const retention = new AuditRetention(store, clock, rooms.log);
    for (let n = 0; n < 230; n++) await audit.write(entry(`old ${n}`));
    clock.advance(1);
    await audit.write(entry('young'));

    clock.set(BEGIN + AUDIT_KEPT);
    await retention.prune();
    expect(await targets()).toHaveLength(231);
    clock.advance(1);
    await Promise.all([retention.prune(), retention.prune()]);
    expect(await targets()).toEqual(['young']);
    expect(rooms.log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('tries again where the database failed', async () => {
    const clock = new ManualClock(BEGIN);
    const store = rooms.get(Store);
    await new AuditLog(store, clock).write(entry('stays'));
    clock.advance(2 * AUDIT_KEPT);
    const retention = new AuditRetention(store, clock, rooms.log);
    const broken = vi.spyOn(store, 'write').mockRejectedValueOnce(new Error('no'));
    await retention.prune();
    broken.mockRestore();
    expect(rooms.log.lines.at(-1)).toMatchObject({ level: 'warn' });
    await retention.prune();
    expect(await targets()).toEqual([]);
  });
});
