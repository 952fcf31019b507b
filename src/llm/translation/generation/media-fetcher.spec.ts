import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../../config/config.js';
import { GuardedLookup } from '../../../egress/guarded-lookup.js';
import { HttpClient } from '../../../egress/http-client.js';
import { KeywheelError } from '../../../kernel/errors.js';
import type { Conversation } from '../../conversation/conversation.js';
import type { MediaPart } from '../../conversation/parts.js';
import { Fetched, MediaFetcher } from './media-fetcher.js';

const FILES: Readonly<Record<string, RequestListener>> = {
  '/cat.png': (_request, response) =>
    response.writeHead(200, { 'content-type': 'image/png; q=1' }).end(Buffer.from([1, 2, 0xff])),
  '/bare': (_request, response) => response.end('x'),
  '/moved': (_request, response) => response.writeHead(302, { location: '/cat.png' }).end(),
  '/large': (_request, response) => response.end(Buffer.alloc(21 * 1024 * 1024)),
  '/half': (_request, response) => response.end(Buffer.alloc(11 * 1024 * 1024)),
  '/hung': () => undefined,
  '/cut': (_request, response) => {
    response.writeHead(200, { 'content-length': 9 }).write('x');
    setImmediate(() => response.destroy());
  },
};

const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url!);
  const file = FILES[request.url!.split('?', 1)[0]!];
  if (file) file(request, response);
  else response.writeHead(404).end('no');
});
let host: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => (asked.length = 0));

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

function fetcher(allowPrivateUpstreams: Config['allowPrivateUpstreams'] = true): MediaFetcher {
  return new MediaFetcher(new HttpClient(new GuardedLookup({ allowPrivateUpstreams } as Config)));
}

function media(path: string, more: Partial<MediaPart> = {}): MediaPart {
  const url = path.startsWith('/') ? `http://${host}${path}` : path;
  return { kind: 'media', media: 'image', source: { kind: 'url', url }, ...more };
}

function saying(...parts: readonly MediaPart[]): Conversation {
  return { messages: [{ role: 'user', parts }] } as unknown as Conversation;
}

const ALL = () => true;

const calling = (signal = new AbortController().signal) => ({
  asked: { signal, admit: () => undefined },
  fetched: new Fetched(),
});

function bring(conversation: Conversation, signal?: AbortSignal): Promise<Conversation> {
  return fetcher().withMedia(conversation, ALL, calling(signal));
}

describe('MediaFetcher', () => {
  it('puts the bytes in the place of the URL, with the type that came with them', async () => {
    const { messages } = await bring(saying(media('/cat.png')));
    expect(messages[0]!.parts).toEqual([
      { kind: 'media', media: 'image', mime: 'image/png', source: { kind: 'base64', data: 'AQL/' } },
    ]);
  });

  it('believes the type that the caller names more', async () => {
    const { messages } = await bring(saying(media('/cat.png', { mime: 'image/webp' })));
    expect(messages[0]!.parts[0]).toMatchObject({ mime: 'image/webp' });
  });

  it('leaves the type open where nobody names it', async () => {
    const { messages } = await bring(saying(media('/bare')));
    expect(messages[0]!.parts[0]).not.toHaveProperty('mime');
  });

  it('asks once for what is named twice, in results of tools too', async () => {
    const result = { kind: 'result', callId: 'a', parts: [media('/cat.png')] };
    const said = saying(media('/cat.png'), result as unknown as MediaPart);
    const { messages } = await bring(said);
    expect(JSON.stringify(messages)).not.toContain('http://');
    expect(asked).toEqual(['/cat.png']);
  });

  it('leaves alone what may stay a URL', async () => {
    const said = saying(media('/cat.png'));
    expect(await fetcher().withMedia(said, () => false, calling())).toBe(said);
    expect(asked).toEqual([]);
  });

  it.each([
    ['has nothing there', '/none?secret=1', 'HOST answered 404 to the URL in the request.'],
    ['sends elsewhere', '/moved', 'HOST answered 302 to the URL in the request.'],
    ['sends too much', '/large', 'The answer of 127.0.0.1 is longer than allowed.'],
    ['breaks off', '/cut', /^The call to 127\.0\.0\.1 failed/],
    ['is no host', 'http://', 'A URL in the request is not valid.'],
    ['is no web server', 'file:///etc/passwd', 'Only http and https URLs can be called.'],
  ])('refuses a URL whose host %s', async (_what, path, message) => {
    const told = typeof message === 'string' ? message.replace('HOST', host) : expect.stringMatching(message);
    const wanted = { code: 'media_unreachable', message: told };
    await expect(bring(saying(media(path)))).rejects.toMatchObject(wanted);
    expect(asked.length).toBeLessThanOrEqual(1);
  });

  it('asks once for all upstreams that a call may go to', async () => {
    const call = calling();
    const said = saying(media('/cat.png'), media('/half'));
    const first = await fetcher().withMedia(
      said,
      ({ source }) => JSON.stringify(source).includes('cat'),
      call,
    );
    expect(first.messages[0]!.parts[1]).toBe(said.messages[0]!.parts[1]);
    const second = await fetcher().withMedia(said, ALL, call);
    expect(JSON.stringify(second)).not.toContain('http://');
    expect(asked).toEqual(['/cat.png', '/half']);
  });

  it('asks for nothing where the token’s limits do not let the call through', async () => {
    const refusal = new KeywheelError('token_limit', 'Too many.');
    const call = { ...calling(), asked: { ...calling().asked, admit: () => Promise.reject(refusal) } };
    await expect(fetcher().withMedia(saying(media('/cat.png')), ALL, call)).rejects.toBe(refusal);
    expect(asked).toEqual([]);
  });

  it('counts the bytes of all URLs together', async () => {
    const wanted = { code: 'media_unreachable' };
    await expect(bring(saying(media('/half'), media('/half?2')))).rejects.toMatchObject(wanted);
    await expect(bring(saying(media('/half')))).resolves.toBeDefined();
  });

  it('fetches no hundred and one URLs', async () => {
    const many = Array.from({ length: 101 }, (_, at) => media(`/cat.png?${at}`));
    await expect(bring(saying(...many))).rejects.toMatchObject({ code: 'media_unreachable' });
    expect(asked).toEqual([]);
  });

  it.each(['127.0.0.1', '[::1]', '169.254.169.254', 'localhost', '[::ffff:127.0.0.1]'])(
    'dials nothing at %s, as no upstream there would be dialled',
    async (name) => {
      const url = `http://${name}:${host.split(':')[1]}/cat.png`;
      await expect(fetcher(false).withMedia(saying(media(url)), ALL, calling())).rejects.toMatchObject({
        code: 'media_unreachable',
      });
      expect(asked).toEqual([]);
    },
  );

  it('stops when the client leaves', async () => {
    const leaving = new AbortController();
    const waits = bring(saying(media('/hung')), leaving.signal);
    setTimeout(() => leaving.abort(), 20);
    await expect(waits).rejects.toMatchObject({ code: 'client_gone' });
  });
});
