import { describe, expect, it } from 'vitest';
import { returnedHeaders } from './response-headers.js';

const asIs = (value: string): string => value;

describe('returnedHeaders', () => {
  it('keeps what the provider says of limits and requests, and repeats', () => {
    const fields = {
      'x-ratelimit-remaining': '1',
      'retry-after': '2',
      'request-id': 'a',
      link: ['x', 'y'],
      'content-length': '3',
      'content-encoding': 'gzip',
      location: '/z',
    };
    expect(returnedHeaders(fields, asIs)).toEqual([
      ...['x-ratelimit-remaining', '1', 'retry-after', '2', 'request-id', 'a', 'link', 'x', 'link', 'y'],
      ...['content-length', '3', 'content-encoding', 'gzip', 'location', '/z'],
    ]);
  });

  it.each([
    'connection',
    'keep-alive',
    'proxy-authenticate',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'set-cookie',
    'x-keywheel-key',
    'access-control-allow-origin',
    'alt-svc',
    'strict-transport-security',
    'clear-site-data',
  ])('drops %s', (name) => {
    expect(returnedHeaders({ [name]: 'v', x: 'y' }, asIs)).toEqual(['x', 'y']);
    expect(returnedHeaders({ [name]: ['v', 'w'], x: 'y' }, asIs)).toEqual(['x', 'y']);
  });

  it('drops what Connection names', () => {
    expect(returnedHeaders({ 'x-hop': '1', connection: 'X-Hop', x: 'y' }, asIs)).toEqual(['x', 'y']);
    const twice = { 'x-hop': '1', 'x-skip': '2', connection: ['X-Hop', 'x-skip'], x: 'y' };
    expect(returnedHeaders(twice, asIs)).toEqual(['x', 'y']);
  });

  it("moves the provider's x-request-id aside", () => {
    expect(returnedHeaders({ 'x-request-id': 'abc' }, asIs)).toEqual(['x-upstream-request-id', 'abc']);
  });

  it('drops length and encoding, and tells another type, where the body is rewritten', () => {
    const fields = {
      'content-length': '3',
      'content-encoding': 'gzip',
      'content-type': 'text/plain',
      x: 'y',
    };
    expect(returnedHeaders(fields, asIs, true)).toEqual(['content-type', 'text/plain', 'x', 'y']);
    expect(returnedHeaders(fields, asIs, true, 'a/b')).toEqual(['content-type', 'a/b', 'x', 'y']);
  });

  it('masks every value', () => {
    const fields = { 'x-name': 'caf\xe9 sk-1', x: ['sk-1', 'z'] };
    expect(returnedHeaders(fields, (value) => value.replace('sk-1', '****'))).toEqual([
      ...['x-name', 'caf\xe9 ****', 'x', '****', 'x', 'z'],
    ]);
  });
});
