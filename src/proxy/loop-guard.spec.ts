import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Config } from '../config/config.js';
import { Secret } from '../kernel/secret.js';
import { LoopGuard, VIA } from './loop-guard.js';

const guard = (letter: string) =>
  new LoopGuard({ masterKey: new Secret(Buffer.alloc(32, letter).toString('base64')) } as Config);
const having = (value?: string) => ({ headers: { [VIA]: value } }) as unknown as IncomingMessage;

const RELAY = { origin: 'https://relay.example.com' };

describe('LoopGuard', () => {
  const [here, there] = [guard('a'), guard('b')];
  const go = (from: LoopGuard, req?: IncomingMessage) => from.trail(RELAY, req)!;

  it('lets calls in that have not been here', () => {
    expect(here.refusal(having())).toBeUndefined();
    expect(here.refusal(having(go(there, having())))).toBeUndefined();
  });

  it('refuses what went out here, directly or over others', () => {
    const loop = { code: 'loop_detected', status: 508 };
    expect(here.refusal(having(go(here)))).toMatchObject(loop);
    const over = go(there, having(go(guard('c'), having(go(here, having())))));
    expect(over.split(', ')).toHaveLength(3);
    expect(here.refusal(having(over))).toMatchObject(loop);
  });

  it('ends loops of gateways that do not know each other', () => {
    let trail = go(guard('A'));
    let hops = 1;
    for (; hops < 20; hops++) {
      const next = guard(String.fromCharCode(65 + hops));
      if (next.refusal(having(trail))) break;
      trail = go(next, having(trail));
    }
    expect(hops).toBe(8);
  });

  it('carries on nothing but marks', () => {
    for (const forged of ['', 'client', `${go(there)}, x`, `${go(there)}\r\nhost: evil`, 'a'.repeat(16)]) {
      const trail = go(here, having(forged));
      expect(trail).toMatch(/^(?:[0-9a-f]{16}, )?[0-9a-f]{16}$/);
    }
  });

  it.each([
    'https://api.openai.com',
    'https://generativelanguage.googleapis.com',
    'https://mine.openai.azure.com',
  ])('tells %s nothing', (origin) => {
    expect(here.trail({ origin })).toBeUndefined();
  });

  it('is one for instances with one master key', () => {
    expect(go(guard('a'))).toBe(go(here));
    expect(go(there)).not.toBe(go(here));
  });
});
