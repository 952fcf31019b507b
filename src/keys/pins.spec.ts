import { describe, expect, it } from 'vitest';
import { ManualClock } from '../kernel/clock.js';
import { type Pin, Pins, PinStore } from './pins.js';

class HeldPins extends PinStore {
  readonly held = new Map<string, Pin>();
  finds = 0;

  override find(upstreamId: string, name: string): Promise<Pin | undefined> {
    this.finds++;
    return Promise.resolve(this.held.get(`${upstreamId} ${name}`));
  }

  override async put(upstreamId: string, name: string, pin: Pin): Promise<void> {
    this.held.set(`${upstreamId} ${name}`, pin);
  }

  override putSoon(upstreamId: string, name: string, pin: Pin): void {
    this.held.set(`${upstreamId} ${name}`, pin);
  }

  override async remove(upstreamId: string, name: string): Promise<void> {
    this.held.delete(`${upstreamId} ${name}`);
  }
}

describe('Pins', () => {
  it('keeps a file with the key that made it, without asking the store again', async () => {
    const store = new HeldPins();
    const pins = new Pins(store, new ManualClock(1_000));
    await pins.pin('u', 'files/a', 'key-1', 5_000);
    expect(pins.keyFor('u', 'files/a')).toBe('key-1');
    expect(store.finds).toBe(0);
  });

  it('finds after a restart what was stored before', async () => {
    const store = new HeldPins();
    const clock = new ManualClock(1_000);
    await new Pins(store, clock).pin('u', 'files/a', 'key-1', 5_000);
    const restarted = new Pins(store, clock);
    expect(await restarted.keyFor('u', 'files/a')).toBe('key-1');
    expect(restarted.keyFor('u', 'files/a')).toBe('key-1');
    expect(await restarted.keyFor('other', 'files/a')).toBeUndefined();
  });

  it('knows at once what is stored a moment later', async () => {
    const store = new HeldPins();
    const clock = new ManualClock(1_000);
    const pins = new Pins(store, clock);
    pins.note('u', 'resp_a', 'key-1', 5_000);
    expect(pins.keyFor('u', 'resp_a')).toBe('key-1');
    expect(await new Pins(store, clock).keyFor('u', 'resp_a')).toBe('key-1');
  });

  it('forgets what expired or was unpinned', async () => {
    const store = new HeldPins();
    const clock = new ManualClock(1_000);
    const pins = new Pins(store, clock);
    await pins.pin('u', 'files/a', 'key-1', 5_000);
    await pins.pin('u', 'files/b', 'key-1', 9_000);
    clock.set(5_000);
    expect(await pins.keyFor('u', 'files/a')).toBeUndefined();
    await pins.unpin('u', 'files/b');
    expect(await pins.keyFor('u', 'files/b')).toBeUndefined();
  });

  it('asks the store for what it no longer remembers', async () => {
    const store = new HeldPins();
    const pins = new Pins(store, new ManualClock(0));
    for (let n = 0; n <= 10_000; n++) await pins.pin('u', `files/${n}`, `key-${n}`, 1);
    expect(pins.keyFor('u', 'files/10000')).toBe('key-10000');
    expect(await pins.keyFor('u', 'files/0')).toBe('key-0');
    expect(store.finds).toBe(1);
  });
});
