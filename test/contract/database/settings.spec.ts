import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Store } from '../../../src/database/store.js';
import { SettingsEditor } from '../../../src/settings/admin/settings-editor.js';
import { SettingRow } from '../../../src/settings/setting-row.js';
import { Settings } from '../../../src/settings/settings.js';
import { databasesUnderTest, type TestDatabase } from '../../support/servers.js';
import { openRooms, type Rooms } from './open-rooms.js';

const databases = await databasesUnderTest();

describe.each(databases)('the settings on $name', ({ create }) => {
  let database: TestDatabase;
  let rooms: Rooms;
  let editor: SettingsEditor;
  let settings: Settings;

  beforeAll(async () => {
    database = await create();
    rooms = await openRooms(database.url, { pinnedSettings: { maxAttempts: '7' } });
    editor = rooms.get(SettingsEditor);
    settings = rooms.get(Settings);
  });

  afterAll(async () => {
    await rooms.close();
    await database.drop();
  });

  it('put the environment over the database over the default', async () => {
    await editor.patch({ maxWaitMs: 5, corsOrigins: ['https://a.example'] });
    expect(settings.values).toMatchObject({
      maxAttempts: 7,
      maxWaitMs: 5,
      corsOrigins: ['https://a.example'],
      locale: 'en',
    });
    const { maxAttempts, maxWaitMs, locale } = editor.list();
    expect(maxAttempts).toMatchObject({ value: 7, default: 3, source: 'env', pinned: true });
    expect(maxWaitMs).toMatchObject({ value: 5, default: 10_000, source: 'database', pinned: false });
    expect(locale).toMatchObject({ value: 'en', source: 'default' });
    await editor.patch({ maxWaitMs: 6 });
    await editor.reset('maxWaitMs');
    expect(settings.values.maxWaitMs).toBe(10_000);
  });

  it('change nothing when one value of many is bad', async () => {
    const patch = editor.patch({ maxWaitMs: 7, firstByteTimeoutMs: '7', nonsense: 1 });
    await expect(patch).rejects.toMatchObject({
      code: 'validation_failed',
      faults: [{ path: 'firstByteTimeoutMs' }, { path: 'nonsense' }],
    });
    expect(settings.values.maxWaitMs).toBe(10_000);
  });

  it('leave a pinned setting alone', async () => {
    await expect(editor.patch({ maxAttempts: 4 })).rejects.toMatchObject({ code: 'conflict' });
    await expect(editor.reset('maxAttempts')).rejects.toMatchObject({ code: 'conflict' });
    await expect(editor.reset('nonsense')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('reach another instance while it runs', async () => {
    const other = await openRooms(database.url);
    try {
      const heard: number[] = [];
      other.get(Settings).onChange((values) => heard.push(values.idleTimeoutMs));
      await editor.patch({ idleTimeoutMs: 1_234 });
      await vi.waitFor(() => expect(other.get(Settings).values.idleTimeoutMs).toBe(1_234), {
        timeout: 5_000,
      });
      expect(heard.at(-1)).toBe(1_234);
    } finally {
      await other.close();
    }
  });

  it('fall back to the default where another release stored what this one refuses', async () => {
    await rooms.get(Store).write(async (tx, note) => {
      await tx.insert(SettingRow, [
        { name: 'requestLogDays', value: 'a week', updatedAt: 1 },
        { name: 'ofTheFuture', value: 1, updatedAt: 1 },
      ]);
      note({ kind: 'settings', ref: 'requestLogDays' });
    });
    expect(settings.values.requestLogDays).toBe(7);
    const warned = rooms.log.lines.filter((line) => line.level === 'warn').map((line) => line.fields);
    expect(warned).toHaveLength(2);
    expect(warned).toContainEqual(expect.objectContaining({ setting: 'ofTheFuture' }));
    expect(warned).toContainEqual(expect.objectContaining({ setting: 'requestLogDays' }));
  });
});
