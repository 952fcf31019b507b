import { LuaScript } from '../redis/lua-script.js';
import type { RedisLink } from '../redis/redis-link.js';

/**
 * How long an address has to wait, in milliseconds, and where it need not: one more wrong login of it. Addresses
 * that were quiet for a window are forgotten, and the quietest where there are too many.
 * KEYS: times by address, newest time by address. ARGV: address, window in ms, wrong logins allowed, most
 * addresses, 1 to count.
 */
const ASK = new LuaScript(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local window = tonumber(ARGV[2])
local times = {}
for at in string.gmatch(redis.call('HGET', KEYS[1], ARGV[1]) or '', '%d+') do
  if tonumber(at) > now - window then times[#times + 1] = at end
end
if #times >= tonumber(ARGV[3]) then return tonumber(times[1]) + window - now end
if ARGV[5] ~= '1' then return 0 end
times[#times + 1] = string.format('%.0f', now)
redis.call('HSET', KEYS[1], ARGV[1], table.concat(times, ' '))
redis.call('ZADD', KEYS[2], now, ARGV[1])
local gone = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - window, 'LIMIT', 0, 100)
if redis.call('ZCARD', KEYS[2]) - #gone > tonumber(ARGV[4]) then
  gone[#gone + 1] = redis.call('ZRANGE', KEYS[2], #gone, #gone)[1]
end
if #gone > 0 then
  redis.call('HDEL', KEYS[1], unpack(gone))
  redis.call('ZREM', KEYS[2], unpack(gone))
end
for i = 1, 2 do redis.call('PEXPIRE', KEYS[i], window) end
return 0
`);

export interface LoginRules {
  readonly windowMs: number;
  readonly allowed: number;
  /** Addresses remembered. */
  readonly mostAddresses: number;
}

/** Wrong logins as all instances on one Redis count them. */
export class SharedLogins {
  constructor(private readonly link: RedisLink) {}

  /** Milliseconds to wait, 0 for none: then the login is counted where it `counts`. 0 while Redis is out. */
  async ask(address: string, rules: LoginRules, counts: boolean): Promise<number> {
    const { link } = this;
    if (!link.isShared) return 0;
    const keys = [`${link.prefix}{logins}`, `${link.prefix}{logins}:age`];
    const args = [address, rules.windowMs, rules.allowed, rules.mostAddresses, counts ? 1 : 0];
    try {
      return Number(await link.deadlines.within(ASK.run(link.client, keys, args)));
    } catch (error) {
      link.failed(error);
      return 0;
    }
  }
}
