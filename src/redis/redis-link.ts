import { randomBytes } from 'node:crypto';
import { Portion } from '../kernel/portion.js';
import type { Log } from '../logging/log.js';
import { Deadlines } from './deadlines.js';
import { LuaScript } from './lua-script.js';
import { COMMAND_TIMEOUT, type RedisClient } from './open-redis.js';
import { RedisNews } from './redis-news.js';
import type { RedisConnection } from './redis-connection.js';

/**
 * `shared`: Redis counts for all instances · `troubled`: it has failed a moment ago; calls that need it wait ·
 * `alone`: it failed for longer, this instance goes on from memory with its part of the limits.
 */
export type LinkMode = 'absent' | 'shared' | 'troubled' | 'alone';

export interface LinkOptions {
  /** Before the name of every key. */
  readonly prefix: string;
  /** How long calls wait for Redis to come back before this instance goes on alone. */
  readonly patienceMs: number;
  /** An answer that takes longer counts as none. */
  readonly answerMs: number;
}

const DEFAULTS: LinkOptions = { prefix: 'kw:', patienceMs: 1_000, answerMs: COMMAND_TIMEOUT };
const BEAT_MS = 500;
const TROUBLED_BEAT_MS = 50;
/** An instance that was not heard of for so long is no longer counted. */
const GONE_MS = 40_000;

/** Says that this instance lives and asks who else does. It writes, so it also tells a replica or a full Redis. */
const BEAT = new LuaScript(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 2)
return redis.call('ZRANGE', KEYS[1], 0, -1)
`);

/** Whether the state in Redis can be used, who else uses it, and what they tell. */
export class RedisLink {
  /** Names this process among the instances. */
  readonly instance = randomBytes(6).toString('hex');
  readonly portion = new Portion();
  readonly news: RedisNews | undefined;
  readonly deadlines: Deadlines;
  readonly prefix: string;
  mode: LinkMode;
  /** How often this instance had to go on alone. */
  fallbacks = 0;
  private readonly patienceMs: number;
  private readonly comers: (() => Promise<void>)[] = [];
  private waiting: ((isShared: boolean) => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private patience: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private wasShared = false;
  private hasEnded = false;

  constructor(
    private readonly connection: RedisConnection,
    private readonly log: Log,
    options: Partial<LinkOptions> = {},
  ) {
    const { prefix, patienceMs, answerMs } = { ...DEFAULTS, ...options };
    this.deadlines = new Deadlines(answerMs);
    this.prefix = prefix;
    this.patienceMs = patienceMs;
    this.mode = connection.client ? 'troubled' : 'absent';
    if (connection.client) {
      this.news = new RedisNews(connection.open(), `${prefix}news`, this.instance);
      connection.client.on('close', () => this.failed(new Error('the connection was closed')));
      connection.client.on('ready', () => void this.beat());
    }
  }

  get client(): RedisClient {
    return this.connection.client!;
  }

  /** Whether Redis answers now; a connection that is up may still hang. */
  answers(): Promise<boolean> {
    return this.connection.answers();
  }

  get isShared(): boolean {
    return this.mode === 'shared';
  }

  /** `callback` brings what this instance knows into Redis, and back; the state is shared when all have. */
  onBack(callback: () => Promise<void>): void {
    this.comers.push(callback);
  }

  /** Once, when all who use the link have been made. */
  async onModuleInit(): Promise<void> {
    if (this.mode === 'absent') return;
    await this.connection.connected();
    this.news!.start();
    await this.beat();
    // Who goes alone from the start knows of no others, and takes whole limits: so a busy start gets patience too.
    if (!this.isShared) this.patience = setTimeout(() => this.goAlone(), this.patienceMs);
    this.schedule();
    await this.decided();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.hasEnded = true;
    clearTimeout(this.timer);
    clearTimeout(this.patience);
    this.release(false);
    if (this.isShared) await this.client.zrem(`${this.prefix}{instances}`, this.instance).catch(() => 0);
    this.news?.stop();
  }

  /** A command has failed. From then on until Redis answers again nobody asks it but the heartbeat. */
  failed(error: unknown): void {
    if (this.hasEnded || this.mode !== 'shared') return;
    this.log.debug({ err: error }, 'redis failed');
    this.mode = 'troubled';
    this.patience = setTimeout(() => this.goAlone(), this.patienceMs).unref();
    this.schedule();
  }

  /** Whether the state is shared, once that is known: at most a second after Redis failed. */
  decided(): Promise<boolean> {
    if (this.mode !== 'troubled' || this.hasEnded) return Promise.resolve(this.isShared);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private goAlone(): void {
    clearTimeout(this.patience);
    if (this.hasEnded || this.mode === 'alone') return;
    this.mode = 'alone';
    this.fallbacks += 1;
    this.portion.divide();
    this.log.warn(
      { instances: this.portion.instances },
      'redis does not answer; this instance goes on from memory',
    );
    this.release(false);
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.hasEnded) return;
    const delay = this.mode === 'troubled' ? TROUBLED_BEAT_MS : BEAT_MS;
    this.timer = setTimeout(() => void this.beat().then(() => this.schedule()), delay).unref();
  }

  /** Never rejects. */
  private beat(): Promise<void> {
    this.beating ??= this.beatOnce().finally(() => (this.beating = undefined));
    return this.beating;
  }

  private async beatOnce(): Promise<void> {
    if (this.hasEnded) return;
    try {
      const key = `${this.prefix}{instances}`;
      const asked = BEAT.run(this.client, [key], [this.instance, GONE_MS]);
      const living = (await this.deadlines.within(asked)) as string[];
      const known = living.sort();
      this.portion.among(known.length, known.indexOf(this.instance));
      if (!this.isShared) await this.comeBack();
    } catch (error) {
      this.failed(error);
    }
  }

  private async comeBack(): Promise<void> {
    for (const comer of this.comers) await comer();
    if (this.hasEnded) return;
    const wasAlone = this.mode === 'alone';
    clearTimeout(this.patience);
    this.mode = 'shared';
    this.portion.whole();
    // A cut that nobody had to go on alone for is not worth a line.
    if (wasAlone || !this.wasShared) this.log.info({ instances: this.portion.instances }, 'redis answers');
    this.wasShared = true;
    this.release(true);
  }

  private release(isShared: boolean): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve(isShared);
  }
}
