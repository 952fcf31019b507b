import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from './redis-url.js';

describe('REDIS_URL', () => {
  it.each([
    ['redis://127.0.0.1:6379/0', { kind: 'single' }],
    ['rediss://user:secret@redis.example:6380/1', { kind: 'single' }],
    [
      'redis+sentinel://:p%40ss@a:26379,b/main/2',
      {
        kind: 'sentinel',
        name: 'main',
        db: 2,
        tls: false,
        login: { password: 'p@ss' },
        nodes: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 26379 },
        ],
      },
    ],
    [
      'rediss+cluster://me:secret@[::1]:7000,b:7001',
      {
        kind: 'cluster',
        tls: true,
        login: { username: 'me', password: 'secret' },
        nodes: [
          { host: '::1', port: 7000 },
          { host: 'b', port: 7001 },
        ],
      },
    ],
  ])('%s', (text, place) => {
    expect(parseRedisUrl(text)).toMatchObject(place);
  });

  it.each([
    '',
    'http://x',
    'redis://',
    'redis+sentinel://a:1',
    'redis+cluster://a:1/2',
    'redis+cluster://a b',
  ])('%s is none', (text) => expect(parseRedisUrl(text)).toBeUndefined());
});
