import { LuaScript } from '../lua-script.js';

/*
 * Limits counted in Redis. A bucket is a hash: a sliding window of requests (fields `rh` newest slot, `rt` total,
 * `r0`…`r81` slots), one of tokens (`th`, `tt`, `t0`…), the calls of a day (`d`, `dc`) and dollars (`sp`). The
 * windows are those of `kernel/windows.ts`, slot for slot. Beside it lies a hash of calls in flight: one field per
 * instance, `count:expiry`, and `*` where somebody waits for the end of a call.
 */

const TEXT = `
local SLOT, RING = 750, 82
local BUSY_MS = 30000

local function real()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local me, channel = ARGV[1], ARGV[2]
local clock = real()
-- Of the scope whose turn it is.
local now, slot, scope, fullKey, namesFrom

local at = 0
local function nextKey()
  at = at + 1
  return KEYS[at]
end

local function keep(key, ms)
  if redis.call('PTTL', key) < ms then redis.call('PEXPIRE', key, ms) end
end

local function window(key, p)
  local v = redis.call('HMGET', key, p .. 'h', p .. 't')
  local head, total = tonumber(v[1]), tonumber(v[2]) or 0
  if head and slot <= head and slot > head - RING then return total, head end
  if head and total ~= 0 then
    local gone = {}
    if slot < head or slot - head >= RING then
      for i = 0, RING - 1 do gone[#gone + 1] = p .. i end
      total = 0
    else
      for i = head + 1, slot do gone[#gone + 1] = p .. (i % RING) end
      for _, n in ipairs(redis.call('HMGET', key, unpack(gone))) do total = total - (tonumber(n) or 0) end
    end
    redis.call('HDEL', key, unpack(gone))
  end
  redis.call('HSET', key, p .. 'h', slot, p .. 't', total)
  keep(key, 130000)
  return total, slot
end

local function add(key, p, head, n)
  redis.call('HINCRBY', key, p .. (head % RING), n)
  redis.call('HINCRBY', key, p .. 't', n)
end

local function correct(key, p, n, since)
  local total, head = window(key, p)
  if n > 0 then return add(key, p, head, n) end
  local from = math.min(math.floor(since / SLOT), head)
  if from <= head - RING then return end
  local held = tonumber(redis.call('HGET', key, p .. (from % RING))) or 0
  local taken = math.min(-n, held)
  if taken > 0 then add(key, p, from, -taken) end
end

local function change(row)
  local tokens, requests, day, calls, least, own, dollars, leastDollars, since = unpack(row)
  local key = nextKey()
  if since == 0 then since = now end
  if tokens ~= 0 then correct(key, 't', tokens, since) end
  if requests ~= 0 then correct(key, 'r', requests, since) end
  if calls ~= 0 or least > 0 then
    local v = redis.call('HMGET', key, 'd', 'dc')
    local known = tonumber(v[2]) or 0
    if v[1] == day then redis.call('HSET', key, 'dc', math.max(0, math.max(known, least) + calls))
    elseif not v[1] or v[1] < day then redis.call('HSET', key, 'd', day, 'dc', math.max(0, least + calls)) end
    keep(key, 90000000)
  end
  if dollars > 0 then
    local spent = tonumber(redis.call('HGET', key, 'sp') or 0)
    redis.call('HSET', key, 'sp', string.format('%.12g', math.max(spent, leastDollars) + dollars))
    keep(key, 90000000)
  end
  if own < 0 then return end
  local busy = nextKey()
  if own == 0 then redis.call('HDEL', busy, me)
  else
    redis.call('HSET', busy, me, own .. ':' .. string.format('%.0f', now + BUSY_MS))
    keep(busy, BUSY_MS * 2)
  end
  if redis.call('HDEL', busy, '*') == 1 then
    local bucket = string.sub(key, namesFrom)
    redis.call('PUBLISH', channel, cjson.encode({ kind = 'free', from = me, scope = scope, bucket = bucket }))
  end
end

local function readyIn(key, p, total, head, limit, need)
  local room = math.max(0, limit - need)
  if total <= room then return 0 end
  local names = {}
  for i = 1, RING do names[i] = p .. ((head + i) % RING) end
  local left = total
  for i, n in ipairs(redis.call('HMGET', key, unpack(names))) do
    left = left - (tonumber(n) or 0)
    if left <= room then return math.max(1, math.ceil((head + i) * SLOT) - now) end
  end
  return math.max(1, (head + RING) * SLOT - now)
end

local function othersInFlight(busy)
  local all, sum = redis.call('HGETALL', busy), 0
  for i = 1, #all, 2 do
    local n, expiry = string.match(all[i + 1], '^(%d+):(%d+)$')
    if n and tonumber(expiry) <= now then redis.call('HDEL', busy, all[i])
    elseif n and all[i] ~= me then sum = sum + tonumber(n) end
  end
  return sum
end

local function serve(request)
local tokens, page, tries, asks = unpack(request)
local rows, isFree = {}, true
for b, ask in ipairs(asks) do
  local rpm, tpm, rpd, most, own, day, dayMs, budget, spent, sign = unpack(ask)
  local key = nextKey()
  local row = {
    key = key, busy = most > 0 and nextKey(), rpm = rpm, tpm = tpm, rpd = rpd, most = most, own = own, day = day,
    dayMs = dayMs, budget = budget, sign = sign, why = '', full = 0, short = 0, stuck = 0, used = 0, spent = 0
  }
  rows[b] = row
  if row.rpm > 0 then
    row.rt, row.rh = window(key, 'r')
    if row.rt >= row.rpm then row.full, row.why = readyIn(key, 'r', row.rt, row.rh, row.rpm, 1), 'rpm' end
  end
  if row.tpm > 0 then
    row.tt, row.th = window(key, 't')
    if row.tt > 0 and row.tt + math.max(1, tokens) > row.tpm then
      row.short = readyIn(key, 't', row.tt, row.th, row.tpm, tokens)
      if row.short > row.full then row.why = 'tpm' end
      row.full = math.max(row.full, readyIn(key, 't', row.tt, row.th, row.tpm, 1))
    end
  end
  if row.rpd > 0 then
    local v = redis.call('HMGET', key, 'd', 'dc')
    if v[1] and v[1] >= row.day then row.day, row.used = v[1], tonumber(v[2]) or 0 end
    if row.used >= row.rpd then
      if row.dayMs > math.max(row.full, row.short) then row.why = 'rpd' end
      row.full = math.max(row.full, row.dayMs)
    end
  end
  if row.budget > 0 then
    row.spent = math.max(tonumber(redis.call('HGET', key, 'sp') or 0), spent)
    if row.spent >= row.budget then row.stuck = 2 end
  end
  if row.most > 0 and othersInFlight(row.busy) + row.own > row.most then
    row.stuck = 1
    redis.call('HSET', row.busy, '*', 1)
    keep(row.busy, BUSY_MS * 2)
  end
  if row.full > 0 or row.short > 0 or row.stuck > 0 then isFree = false end
end

local probes, first = {}, at
for i = 1, tries do
  local owner = redis.call('GET', nextKey())
  if owner and owner ~= me then
    probes[#probes + 1] = i - 1
    isFree = false
  end
end

if not isFree then
  local said = {}
  for b, row in ipairs(rows) do
    said[b] = { row.full, row.short, row.stuck, row.why }
  end
  redis.call('ZREMRANGEBYSCORE', fullKey, '-inf', now)
  return { 0, said, probes, redis.call('ZRANGE', fullKey, page, page + 255, 'WITHSCORES') }
end

local said = { 1 }
for _, row in ipairs(rows) do
  local full = 0
  if row.rpm > 0 then
    add(row.key, 'r', row.rh, 1)
    if row.rt + 1 >= row.rpm then full = readyIn(row.key, 'r', row.rt + 1, row.rh, row.rpm, 1) end
  end
  if row.tpm > 0 then
    add(row.key, 't', row.th, tokens)
    if row.tt + tokens >= row.tpm then
      full = math.max(full, readyIn(row.key, 't', row.tt + tokens, row.th, row.tpm, 1))
    end
  end
  if row.rpd > 0 then
    row.used = row.used + 1
    redis.call('HSET', row.key, 'd', row.day, 'dc', row.used)
    keep(row.key, row.dayMs + 3600000)
    if row.used >= row.rpd then full = math.max(full, row.dayMs) end
  end
  if row.most > 0 then
    redis.call('HSET', row.busy, me, row.own .. ':' .. string.format('%.0f', now + BUSY_MS))
    keep(row.busy, BUSY_MS * 2)
  end
  if full > 0 and row.sign ~= '' then
    redis.call('ZADD', fullKey, now + full, row.sign)
    keep(fullKey, full + 1000)
  end
  said[#said + 1] = row.used
  said[#said + 1] = row.spent
end
for i = 1, tries do redis.call('SET', KEYS[first + i], me, 'PX', 40000) end
return said
end

-- The epoch of a Redis that does not know what its clients know, and how old it is.
local function foundEmpty(key, epoch)
  if not epoch then
    epoch = me .. ':' .. string.format('%.0f', clock)
    redis.call('SET', key, epoch)
    redis.call('PUBLISH', channel, cjson.encode({ kind = 'epoch', from = me, scope = scope }))
  end
  return { 2, epoch, clock - tonumber(string.match(epoch, ':(%d+)$')) }
end

local function turn(wish)
  local time, name, known, changes, ended, requests = unpack(wish)
  now, scope = time == 0 and clock or time, name
  slot = math.floor(now / SLOT)
  local epochKey = nextKey()
  fullKey, namesFrom = nextKey(), #epochKey - #':epoch' + #':b:' + 1
  for _, row in ipairs(changes) do change(row) end
  for i = 1, ended do redis.call('DEL', nextKey()) end
  if #requests == 0 then return { 1, now } end
  local epoch = redis.call('GET', epochKey)
  if epoch ~= known then return foundEmpty(epochKey, epoch) end
  local answers = {}
  for i, request in ipairs(requests) do answers[i] = serve(request) end
  return { 1, now, answers }
end

local said = {}
for i, wish in ipairs(cjson.decode(ARGV[3])) do
  local first = at
  said[i] = turn(wish)
  at = first + wish[7]
end
return cjson.encode(said)
`;

/**
 * What one turn of the event loop wants, scope by scope: first changes of what is counted (what a call really used,
 * what was used while Redis was out, calls that ended), then requests, one after the other. Each of these gets all of it
 * or nothing: room in every bucket, and the right to try out what is half-open.
 *
 * Much of it goes as JSON and comes back so, which costs the gateway a fraction of as many arguments and replies; of
 * an empty list cjson makes `{}`. All are lists:
 * - a scope: now, name, epoch, changes, number of probes that have ended, requests, number of its keys;
 * - a change: tokens, requests, day, calls of the day, least calls of the day, own calls in flight (-1: none to tell),
 *   dollars, least dollars before, time of the reservation (0: nothing is taken back);
 * - a request: tokens, first of the full buckets to list, number of probes, buckets;
 * - a bucket: rpm, tpm, rpd, concurrency, own calls in flight, day, ms until its end, budget, dollars known to be spent,
 *   sign.
 *
 * KEYS, per scope: epoch, full buckets; per change counts, and calls in flight where there are any to tell; probes that
 * have ended; per request: per bucket counts, and calls in flight where it limits them; probes.
 * ARGV: instance, channel, scopes.
 *
 * Answers per scope `[2, epoch, age in ms]` where Redis was empty and everybody has to tell again what was used, and the
 * requests were not looked at; else `[1, now, answers]`. An answer is `[1, per bucket: calls of the day, dollars]`, or
 * `[0, per bucket [ms until any call fits, ms until this one fits, 1 too many in flight or 2 budget spent, limit that
 * takes longest], probes under way elsewhere, other buckets that are full, each with its end]`.
 */
export const TURN = new LuaScript(TEXT);
