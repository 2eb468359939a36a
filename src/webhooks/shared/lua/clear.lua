-- Forgets the memory, before the holder of the lease makes another one.
--
-- KEYS  1 lease; the others go
-- ARGV  1 token   2 milliseconds
-- Gives 'ok', or 'fenced' when somebody else has the lease.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 'fenced' end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
for number = 2, #KEYS do redis.call('UNLINK', KEYS[number]) end
return 'ok'
