-- Writes what one turn of the sender has changed, all of it or nothing, and keeps the lease for longer. Without changes it
-- only does the latter.
--
-- KEYS  1 lease, 2 memory as in take.lua; the others are the hashes that may be written
-- ARGV  1 token   2 milliseconds   3 id and 4 version that the memory must have ('' and 0: it is being made)
--       5 the id to give to a memory that is complete now, else ''
--       then for each of the other keys: how many fields go, these; how many fields are set, these with their values
-- Gives 'ok'; 'fenced' when somebody else has gone on; 'forgotten' when Redis has less than was written, and the caller,
-- who then has the lease, is to write all of it again.
local TOKEN, MS = ARGV[1], ARGV[2]
local AT_ONCE = 1000

local holder = redis.call('GET', KEYS[1])
if holder and holder ~= TOKEN then return 'fenced' end
local known = redis.call('HMGET', KEYS[2], 'id', 'version')
local id = known[1] or ''
local version = tonumber(known[2] or '0')
local is_as_left = id == ARGV[3] and version == tonumber(ARGV[4])
local is_less = id == '' or (id == ARGV[3] and version < tonumber(ARGV[4]))
if not is_as_left and not is_less then return 'fenced' end
redis.call('SET', KEYS[1], TOKEN, 'PX', MS)
if not is_as_left then return 'forgotten' end
-- A memory in the making that has lost the lease may have lost what was written before.
if id == '' and not holder then return 'forgotten' end

local at = 6
local is_changed = false

local function call(command, key, length)
  local last = at + length - 1
  while at <= last do
    local to = math.min(at + AT_ONCE - 1, last)
    redis.call(command, key, unpack(ARGV, at, to))
    at = to + 1
    is_changed = true
  end
end

for number = 3, #KEYS do
  at = at + 1
  call('HDEL', KEYS[number], tonumber(ARGV[at - 1]))
  at = at + 1
  call('HSET', KEYS[number], tonumber(ARGV[at - 1]) * 2)
end
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[2], 'id', ARGV[5], 'version', 1)
elseif is_changed and id ~= '' then
  redis.call('HINCRBY', KEYS[2], 'version', 1)
end
return 'ok'
