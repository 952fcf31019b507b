import { describe, expect, it } from 'vitest';
import { returnedHeaders } from './response-headers.js';

const asIs = (value: string): string => value;

describe('returnedHeaders', () => {
  it('keeps what the provider says of limits and requests, repeats and case', () => {
    const raw = [
      'X-RateLimit-Remaining',
      '1',
      'Retry-After',
      '2',
      'request-id',
      'a',
      'Link',
      'x',
      'link',
      'y',
      'Content-Length',
      '3',
      'content-encoding',
      'gzip',
      'Location',
      '/z',
    ];
    expect(returnedHeaders(raw, asIs)).toEqual(raw);
  });

  it.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Authenticate',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Set-Cookie',
    'X-Keywheel-Key',
    'Access-Control-Allow-Origin',
    'Alt-Svc',
    'Strict-Transport-Security',
    'Clear-Site-Data',
  ])('drops %s', (name) => {
    expect(returnedHeaders([name, 'v', name.toUpperCase(), 'v', 'x', 'y'], asIs)).toEqual(['x', 'y']);
  });

  it('drops what Connection names', () => {
    expect(returnedHeaders(['X-Hop', '1', 'Connection', 'X-Hop', 'x', 'y'], asIs)).toEqual(['x', 'y']);
  });

  it("moves the provider's x-request-id aside", () => {
    expect(returnedHeaders(['X-Request-Id', 'abc'], asIs)).toEqual(['x-upstream-request-id', 'abc']);
  });

  it('drops length and encoding only when told to', () => {
    const raw = ['content-length', '3', 'content-encoding', 'gzip'];
    expect(returnedHeaders(raw, asIs, { dropLength: true })).toEqual(['content-encoding', 'gzip']);
    expect(returnedHeaders(raw, asIs, { dropEncoding: true })).toEqual(['content-length', '3']);
  });

  it('masks every value', () => {
    const raw = ['X-Name', 'caf\xe9 sk-1', 'x', 'sk-1'];
    expect(returnedHeaders(raw, (value) => value.replace('sk-1', '****'))).toEqual([
      'X-Name',
      'caf\xe9 ****',
      'x',
      '****',
    ]);
  });
});
