-- The node has another number of connections in a channel where it has some.
-- ARGV from 4: app, channel, subscribers.
if is_fenced() then return fenced() end
local key = base .. 'channel:' .. ARGV[4] .. '/' .. ARGV[5]
if redis.call('HEXISTS', key, ARGV[2]) == 1 and tonumber(ARGV[6]) > 0 then redis.call('HSET', key, ARGV[2], ARGV[6]) end
return 0
