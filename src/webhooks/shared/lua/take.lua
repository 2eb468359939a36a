-- Takes the lease, if nobody else has it: whoever has it sends.
-- The version goes up with everybody who takes it, so that one who had it before finds that it was not the last.
--
-- KEYS  1 lease: the token of the holder, for as long as the lease lasts
--       2 memory: hash of id (of one unbroken memory) and version (of what is written in it)
-- ARGV  1 token   2 milliseconds   3 id and 4 version as the caller has seen them, '' and 0 if never
--       5 whether to take it although nothing is there, or less than was seen: somebody may have the rest ('1' or '0')
-- Gives what came of it ('held', 'waits' or 'taken'), the id ('' when there is no memory), and the version.
local known = redis.call('HMGET', KEYS[2], 'id', 'version')
local id = known[1] or ''
local version = tonumber(known[2] or '0')
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return {'held', id, version} end
local seen = ARGV[3]
local is_less = id == '' or (id == seen and version < tonumber(ARGV[4]))
if is_less and ARGV[5] ~= '1' then return {'waits', id, version} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if id ~= '' then version = redis.call('HINCRBY', KEYS[2], 'version', 1) end
return {'taken', id, version}
