import { randomUUID } from 'node:crypto';
import { testConfig } from '../../../../src/config/config.fixture.js';
import { Secret } from '../../../../src/kernel/secret.js';
import { RecordingLog } from '../../../../src/logging/log.fixture.js';
import { RedisConnection } from '../../../../src/redis/redis-connection.js';
import { type LinkOptions, RedisLink } from '../../../../src/redis/redis-link.js';

/** A connection to a real Redis, under a prefix of its own that is swept at the end. */
export interface SharedRedis {
  /** A link that is up, for keys of its own below the prefix. */
  readonly link: RedisLink;
  /** The same link with other keys. */
  readonly linkFor: (suffix: string) => RedisLink;
  readonly log: RecordingLog;
  /** Cuts it without a word, as a process that is killed does. */
  readonly drop: () => void;
  readonly close: () => Promise<void>;
}

/** Answers may take their time, so that a busy machine is not taken for a broken Redis. */
const PATIENT: Partial<LinkOptions> = { answerMs: 10_000 };

export async function openSharedRedis(
  url: string,
  prefix = `kwtest:${randomUUID()}:`,
  options = PATIENT,
): Promise<SharedRedis> {
  const log = new RecordingLog();
  const connection = new RedisConnection(testConfig({ redisUrl: new Secret(url) }), log);
  const link = new RedisLink(connection, log, { prefix, ...options });
  await link.onModuleInit();
  const sweep = async () => {
    const keys = await link.client.keys(`${prefix}*`);
    for (let at = 0; at < keys.length; at += 500) await link.client.unlink(...keys.slice(at, at + 500));
  };
  const close = async () => {
    // A test may just have cut the connection; what lies in a server of its own goes with that.
    if (connection.state() === 'up') await sweep().catch(() => undefined);
    await link.beforeApplicationShutdown();
    connection.onApplicationShutdown();
  };
  const linkFor = (suffix: string): RedisLink =>
    Object.create(link, { prefix: { value: prefix + suffix } }) as RedisLink;
  const drop = () => {
    connection.onApplicationShutdown();
    link.news?.stop();
  };
  return { link, linkFor, log, drop, close };
}
