-- Publishes and remembers, all of it once. ARGV from 2: until when the node waits for the answer, by this server's clock;
-- name of the request or '', its digest, milliseconds for which it is known; then for each publication topic, message, milliseconds for which the event is remembered ('' when it is
-- not), and in that case app, channel, event, its size, and how many events of how much size the app may have.
-- Answers 'sent', 'again', 'conflict', or 'late': the backend has been told by then that nothing was published.
if now_ms() > tonumber(ARGV[2]) then return 'late' end
local MOST_EVICTIONS = 100

local function forget(app, channel)
  redis.call('DEL', base .. 'event:' .. app .. '/' .. channel)
  redis.call('ZREM', base .. 'kept:' .. app, channel)
  local sizes = base .. 'sizes:' .. app
  local size = redis.call('HGET', sizes, channel)
  if not size then return end
  redis.call('HDEL', sizes, channel)
  redis.call('HINCRBY', sizes, '', -size)
end

-- The order of publication, which a clock that is set back does not turn round.
local function next_turn(kept)
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local last = redis.call('ZRANGE', kept, -1, -1, 'WITHSCORES')[2]
  return last and math.max(now, last + 1) or now
end

local function outlive(key, ttl)
  if redis.call('PTTL', key) < ttl then redis.call('PEXPIRE', key, ttl) end
end

local function remember(at)
  local ttl, app, channel, event = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local size, most, most_size = ARGV[at + 4], tonumber(ARGV[at + 5]), tonumber(ARGV[at + 6])
  local kept, sizes = base .. 'kept:' .. app, base .. 'sizes:' .. app
  forget(app, channel)
  redis.call('ZADD', kept, next_turn(kept), channel)
  redis.call('HSET', sizes, channel, size)
  redis.call('HINCRBY', sizes, '', size)
  redis.call('SET', base .. 'event:' .. app .. '/' .. channel, event, 'PX', ttl)
  for _ = 1, MOST_EVICTIONS do
    local oldest = redis.call('ZRANGE', kept, 0, 0)[1]
    if not oldest then break end
    local fits = redis.call('ZCARD', kept) <= most and tonumber(redis.call('HGET', sizes, '')) <= most_size
    if fits and redis.call('EXISTS', base .. 'event:' .. app .. '/' .. oldest) == 1 then break end
    forget(app, oldest)
  end
  if redis.call('EXISTS', kept) == 0 then
    redis.call('DEL', sizes)
    return
  end
  outlive(kept, ttl)
  outlive(sizes, ttl)
end

if ARGV[3] ~= '' then
  local key = base .. 'once:' .. ARGV[3]
  local digest = redis.call('GET', key)
  if digest then return digest == ARGV[4] and 'again' or 'conflict' end
  redis.call('SET', key, ARGV[4], 'PX', ARGV[5])
end
local at = 6
while ARGV[at] do
  local is_kept = ARGV[at + 2] ~= ''
  if is_kept then remember(at + 2) end
  announce(ARGV[at], ARGV[at + 1])
  at = at + (is_kept and 9 or 3)
end
return 'sent'
