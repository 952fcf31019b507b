import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { AddressList } from './address-list.js';
import { publicOrigin } from './public-origin.js';

const request = (headers: object, remoteAddress = '10.0.0.1', encrypted?: boolean) =>
  ({ headers, socket: { remoteAddress, localPort: 8000, encrypted } }) as unknown as IncomingMessage;

const TRUSTED = new AddressList(['10.0.0.0/8']);
const NOBODY = new AddressList([]);
const forwarded = {
  host: 'inside:8000',
  'x-forwarded-host': 'a, kw.example.com',
  'x-forwarded-proto': 'https',
};

describe('publicOrigin', () => {
  it.each([
    ['the Host', request({ host: 'kw.local:8000' }), NOBODY, 'http://kw.local:8000'],
    ['TLS of our own', request({ host: 'kw.local' }, '1.2.3.4', true), NOBODY, 'https://kw.local'],
    ['a trusted proxy', request(forwarded), TRUSTED, 'https://kw.example.com'],
    ['a proxy that nobody trusts', request(forwarded, '1.2.3.4'), TRUSTED, 'http://inside:8000'],
    ['no Host that could be one', request({ host: 'a/b"<' }), NOBODY, 'http://127.0.0.1:8000'],
  ])('is told by %s', (_, req, trusted, origin) => {
    expect(publicOrigin(req, trusted)).toBe(origin);
  });
});
