import { LuaScript } from '../lua-script.js';

/*
 * Limits counted in Redis. A bucket is a hash: a sliding window of requests (fields `rh` newest slot, `rt` total,
 * `r0`…`r81` slots), one of tokens (`th`, `tt`, `t0`…), the calls of a day (`d`, `dc`) and dollars (`sp`). The
 * windows are those of `kernel/windows.ts`, slot for slot. Beside it lies a hash of calls in flight: one field per
 * instance, `count:expiry`, and `*` where somebody waits for the end of a call.
 */

const COMMON = `
local SLOT, RING = 750, 82
local BUSY_MS = 30000

local function real()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local now = tonumber(ARGV[1])
if now == 0 then now = real() end
local me = ARGV[2]
local slot = math.floor(now / SLOT)

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
`;

const RESERVE_TEXT = `${COMMON}
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

local channel, scope = ARGV[4], ARGV[5]
local epoch = redis.call('GET', KEYS[1])
if epoch ~= ARGV[3] then
  local at = real()
  if not epoch then
    epoch = me .. ':' .. string.format('%.0f', at)
    redis.call('SET', KEYS[1], epoch)
    redis.call('PUBLISH', channel, cjson.encode({ kind = 'epoch', from = me, scope = scope }))
  end
  return { 2, epoch, at - tonumber(string.match(epoch, ':(%d+)$')) }
end

local function serve(k0, a0)
local tokens, count, tries, page = tonumber(ARGV[a0 + 1]), tonumber(ARGV[a0 + 2]), tonumber(ARGV[a0 + 3]), ARGV[a0 + 4]
local rows, isFree = {}, true
for b = 1, count do
  local key, busy, a = KEYS[k0 + b * 2 - 1], KEYS[k0 + b * 2], a0 + 4 + (b - 1) * 10
  local row = {
    key = key, busy = busy, rpm = tonumber(ARGV[a + 1]), tpm = tonumber(ARGV[a + 2]), rpd = tonumber(ARGV[a + 3]),
    most = tonumber(ARGV[a + 4]), own = ARGV[a + 5], day = ARGV[a + 6], dayMs = tonumber(ARGV[a + 7]),
    budget = tonumber(ARGV[a + 8]), sign = ARGV[a + 10], why = '', full = 0, short = 0, stuck = 0, used = 0, spent = 0
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
    row.spent = math.max(tonumber(redis.call('HGET', key, 'sp') or 0), tonumber(ARGV[a + 9]))
    if row.spent >= row.budget then row.stuck = 2 end
  end
  if row.most > 0 and othersInFlight(busy) + tonumber(row.own) > row.most then
    row.stuck = 1
    redis.call('HSET', busy, '*', 1)
    keep(busy, BUSY_MS * 2)
  end
  if row.full > 0 or row.short > 0 or row.stuck > 0 then isFree = false end
end

local probes = {}
local first = k0 + count * 2
for i = 1, tries do
  local owner = redis.call('GET', KEYS[first + i])
  if owner and owner ~= me then
    probes[#probes + 1] = i - 1
    isFree = false
  end
end

if not isFree then
  local said = {}
  for b, row in ipairs(rows) do
    said[b] = { row.full, row.short, row.stuck, row.used, row.why }
  end
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
  return { 0, said, probes, redis.call('ZRANGE', KEYS[2], page, page + 255, 'WITHSCORES') }
end

local said = {}
for b, row in ipairs(rows) do
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
    redis.call('ZADD', KEYS[2], now + full, row.sign)
    keep(KEYS[2], full + 1000)
  end
  said[b] = { row.used, tostring(row.spent) }
end
for i = 1, tries do redis.call('SET', KEYS[first + i], me, 'PX', 40000) end
return { 1, said }
end

local answers, k, a = {}, 2, 6
for r = 1, tonumber(ARGV[6]) do
  answers[r] = serve(k, a)
  local count, tries = tonumber(ARGV[a + 2]), tonumber(ARGV[a + 3])
  k, a = k + count * 2 + tries, a + 4 + count * 10
end
return { 1, now, answers }
`;

/**
 * Several requests, one after the other; each gets all of it or nothing: room in every bucket, and the right to try
 * out what is half-open. Answers `{2, epoch, age in ms}` where Redis was empty and everybody has to tell again what
 * was used, else `{1, now, answers}`. An answer is `{1, per bucket {calls of the day, dollars}}`, or `{0, per bucket
 * {ms until any call fits, ms until this one fits, 1 too many in flight or 2 budget spent, calls of the day, limit
 * that takes longest}, probes under way elsewhere, other buckets that are full}`.
 * KEYS: epoch, full buckets, per request: per bucket (counts, in flight), probes.
 * ARGV: now, instance, epoch, channel, scope, number of requests, per request: tokens, number of buckets, number of
 * probes, first of the full buckets to list, then per bucket: rpm, tpm, rpd, concurrency, own calls in flight, day,
 * ms until its end, budget, dollars known to be spent, sign.
 */
export const RESERVE = new LuaScript(RESERVE_TEXT);

/**
 * Changes what is counted: what a call really used, what was used while Redis was out, calls that ended.
 * KEYS: per change (counts, in flight), probes. ARGV: now, instance, number of changes, channel, scope, then per
 * change: tokens, requests, day, calls of the day, least calls of the day, own calls in flight (-1: none to tell),
 * dollars, least dollars before, name, time of the reservation.
 */
export const AMEND = new LuaScript(`${COMMON}
local count, channel, scope = tonumber(ARGV[3]), ARGV[4], ARGV[5]

local function change(key, p, n, at)
  local total, head = window(key, p)
  if n > 0 then return add(key, p, head, n) end
  local from = math.min(math.floor(at / SLOT), head)
  if from <= head - RING then return end
  local held = tonumber(redis.call('HGET', key, p .. (from % RING))) or 0
  local taken = math.min(-n, held)
  if taken > 0 then add(key, p, from, -taken) end
end

for b = 1, count do
  local key, busy, a = KEYS[b * 2 - 1], KEYS[b * 2], 5 + (b - 1) * 10
  local tokens, requests, day = tonumber(ARGV[a + 1]), tonumber(ARGV[a + 2]), ARGV[a + 3]
  local calls, least, own, dollars = tonumber(ARGV[a + 4]), tonumber(ARGV[a + 5]), tonumber(ARGV[a + 6]), tonumber(ARGV[a + 7])
  local at = tonumber(ARGV[a + 10])
  if at == 0 then at = now end
  if tokens ~= 0 then change(key, 't', tokens, at) end
  if requests ~= 0 then change(key, 'r', requests, at) end
  if calls ~= 0 or least > 0 then
    local v = redis.call('HMGET', key, 'd', 'dc')
    local known = tonumber(v[2]) or 0
    if v[1] == day then redis.call('HSET', key, 'dc', math.max(0, math.max(known, least) + calls))
    elseif not v[1] or v[1] < day then redis.call('HSET', key, 'd', day, 'dc', math.max(0, least + calls)) end
    keep(key, 90000000)
  end
  if dollars > 0 then
    local spent = tonumber(redis.call('HGET', key, 'sp') or 0)
    redis.call('HSET', key, 'sp', string.format('%.12g', math.max(spent, tonumber(ARGV[a + 8])) + dollars))
    keep(key, 90000000)
  end
  if own == 0 then redis.call('HDEL', busy, me)
  elseif own > 0 then
    redis.call('HSET', busy, me, own .. ':' .. string.format('%.0f', now + BUSY_MS))
    keep(busy, BUSY_MS * 2)
  end
  if own >= 0 and redis.call('HDEL', busy, '*') == 1 then
    redis.call('PUBLISH', channel, cjson.encode({ kind = 'free', from = me, scope = scope, bucket = ARGV[a + 9] }))
  end
end
for i = 1 + count * 2, #KEYS do redis.call('DEL', KEYS[i]) end
return 1
`);
