import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { LookupAddress } from 'node:dns';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../config/config.js';
import { Egress } from './egress.js';
import { GuardedLookup } from './guarded-lookup.js';
import { HttpClient } from './http-client.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(listener: RequestListener, host = '127.0.0.1'): Promise<number> {
  const server: Server = createServer(listener).listen(0, host);
  await once(server, 'listening');
  closers.push(() => new Promise((done) => (server.close(done), server.closeAllConnections())));
  return (server.address() as AddressInfo).port;
}

/** Answers each look-up with the next list of addresses, the last one for ever. */
class ScriptedLookup extends GuardedLookup {
  asked = 0;

  constructor(
    allow: boolean | readonly string[],
    private readonly script?: readonly (readonly string[])[],
  ) {
    super({ allowPrivateUpstreams: allow } as Config);
  }

  protected override resolve(...args: Parameters<GuardedLookup['resolve']>): void {
    if (!this.script) return super.resolve(...args);
    const addresses = this.script[Math.min(this.asked++, this.script.length - 1)] ?? [];
    const found: LookupAddress[] = addresses.map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
    process.nextTick(args[2], null, found);
  }
}

interface Got {
  status?: number;
  body: string;
  error?: Error & { code?: string };
}

function dispatch(egress: Egress, origin: string, path = '/'): Promise<Got> {
  return new Promise((resolve) => {
    const got: Got = { body: '' };
    egress.dispatcher(origin, 2_000).dispatch(
      { method: 'GET', path },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, status) => void (got.status = status),
        onResponseData: (_controller, chunk) => void (got.body += chunk.toString()),
        onResponseEnd: () => resolve(got),
        onResponseError: (_controller, error) => resolve({ ...got, error }),
      },
    );
  });
}

function egressWith(lookup: GuardedLookup): Egress {
  const egress = new Egress(lookup);
  closers.push(() => egress.destroy());
  return egress;
}

function clientWith(lookup: GuardedLookup): HttpClient {
  const client = new HttpClient(lookup);
  closers.push(() => client.onApplicationShutdown());
  return client;
}

const PRIVATE_HOSTS = [
  '127.0.0.1',
  'localhost',
  '[::1]',
  '2130706433',
  '0x7f.1',
  '0x7f000001',
  '0177.0.0.1',
  '017700000001',
  '127.1',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '0.0.0.0',
  '0',
  '[::]',
  '169.254.169.254',
  '10.0.0.1',
  'LOCALHOST',
];

describe.each(['egress', 'http client'])('the guard of the %s', (which) => {
  async function reach(lookup: GuardedLookup, origin: string): Promise<number | string | undefined> {
    if (which === 'egress') {
      const got = await dispatch(egressWith(lookup), origin);
      return got.error ? (got.error.code ?? got.error.message) : got.status;
    }
    const call = clientWith(lookup).request({ method: 'GET', url: origin, timeoutMs: 2_000, maxBytes: 1000 });
    return call.then(
      (answer) => answer.status,
      (error: { code?: string }) => error.code,
    );
  }

  it.each(PRIVATE_HOSTS)('refuses http://%s by default', async (host) => {
    const port = await serve((_req, res) => res.end('inside'));
    expect(await reach(new ScriptedLookup(false), `http://${host}:${port}`)).toBe('upstream_refused');
  });

  it.each(PRIVATE_HOSTS.filter((host) => !/254|10\.0|::\]|^\[::1|^0$|^0\.0/.test(host)))(
    'reaches http://%s when 127.0.0.0/8 is listed',
    async (host) => {
      const port = await serve((_req, res) => res.end('inside'));
      expect(await reach(new ScriptedLookup(['127.0.0.0/8']), `http://${host}:${port}`)).toBe(200);
    },
  );

  it('reaches a listed name wherever it resolves to, and no other name there', async () => {
    const port = await serve((_req, res) => res.end('inside'));
    const lookup = new ScriptedLookup(['ollama'], [['127.0.0.1']]);
    expect(await reach(lookup, `http://ollama:${port}`)).toBe(200);
    expect(await reach(lookup, `http://other:${port}`)).toBe('upstream_refused');
  });

  it('dials only the permitted ones of several addresses', async () => {
    const port = await serve((_req, res) => res.end('inside'), '127.0.0.2');
    const lookup = new ScriptedLookup(['127.0.0.2'], [['127.0.0.1', '::1', '127.0.0.2', '10.0.0.1']]);
    expect(await reach(lookup, `http://many.example:${port}`)).toBe(200);
  });

  it('goes on to the next address when one does not answer', async () => {
    const port = await serve((_req, res) => res.end('inside'), '127.0.0.2');
    const lookup = new ScriptedLookup(['127.0.0.0/8', '::1'], [['::1', '127.0.0.3', '127.0.0.2']]);
    expect(await reach(lookup, `http://several.example:${port}`)).toBe(200);
  });

  it('checks each look-up anew, so a name that turns private is refused', async () => {
    const port = await serve((_req, res) => res.setHeader('connection', 'close').end('inside'), '127.0.0.2');
    const lookup = new ScriptedLookup(['127.0.0.2'], [['127.0.0.2'], ['127.0.0.1']]);
    const origin = `http://rebinding.example:${port}`;
    expect(await reach(lookup, origin)).toBe(200);
    expect(await reach(lookup, origin)).toBe('upstream_refused');
  });

  it('refuses https alike', async () => {
    expect(await reach(new ScriptedLookup(false), 'https://127.0.0.1:1')).toBe('upstream_refused');
    expect(await reach(new ScriptedLookup(false, [['10.0.0.1']]), 'https://name.example:1')).toBe(
      'upstream_refused',
    );
  });
});

describe('Egress', () => {
  it('hands a redirect back instead of following it', async () => {
    let hits = 0;
    const port = await serve(
      (_req, res) => (hits++, res.writeHead(307, { location: '/elsewhere' }).end('moved')),
    );
    const got = await dispatch(egressWith(new ScriptedLookup(true)), `http://127.0.0.1:${port}`);
    expect([got.status, got.body, hits]).toEqual([307, 'moved', 1]);
  });

  it('keeps one pool per origin and connect time-out, and keeps their number bounded', async () => {
    const egress = egressWith(new ScriptedLookup(true));
    const first = egress.dispatcher('http://a.example', 1);
    expect(egress.dispatcher('http://a.example', 1)).toBe(first);
    expect(egress.dispatcher('http://a.example', 2)).not.toBe(first);
    for (let i = 0; i < 1_000; i++) {
      egress.dispatcher(`http://h${i}.example`, 1);
      egress.dispatcher('http://a.example', 1);
    }
    expect(egress.size).toBeLessThanOrEqual(256);
    expect(egress.dispatcher('http://a.example', 1)).toBe(first);
  });

  it('does not close a pool with a call in flight', async () => {
    let finish = (): void => undefined;
    const port = await serve((_req, res) => void (finish = () => res.end('late')));
    const egress = egressWith(new ScriptedLookup(true));
    const running = dispatch(egress, `http://127.0.0.1:${port}`);
    for (let i = 0; i < 600; i++) egress.dispatcher(`http://h${i}.example`, 1);
    await expect.poll(() => (finish(), 'asked')).toBe('asked');
    const poll = setInterval(() => finish(), 5);
    expect((await running).body).toBe('late');
    clearInterval(poll);
  });

  it('lets running calls end and takes no new ones once it closes', async () => {
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let finish = (): void => undefined;
    const port = await serve((_req, res) => {
      finish = () => res.end('done');
      answer();
    });
    const egress = egressWith(new ScriptedLookup(true));
    const running = dispatch(egress, `http://127.0.0.1:${port}`);
    await asked;
    const closed = egress.close();
    expect(() => egress.dispatcher('http://127.0.0.1:1', 1)).toThrow('shutting down');
    finish();
    expect((await running).body).toBe('done');
    await closed;
  });
});
