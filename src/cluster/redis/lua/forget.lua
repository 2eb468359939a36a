-- Forgets some of the remembered events of app ARGV[2], at most ARGV[3]. Answers how many are left.
local kept = base .. 'kept:' .. ARGV[2]
for _, channel in ipairs(redis.call('ZRANGE', kept, 0, ARGV[3] - 1)) do
  redis.call('DEL', base .. 'event:' .. ARGV[2] .. '/' .. channel)
  redis.call('ZREM', kept, channel)
  local size = redis.call('HGET', base .. 'sizes:' .. ARGV[2], channel)
  redis.call('HDEL', base .. 'sizes:' .. ARGV[2], channel)
  if size then redis.call('HINCRBY', base .. 'sizes:' .. ARGV[2], '', -size) end
end
local left = redis.call('ZCARD', kept)
if left == 0 then redis.call('DEL', base .. 'sizes:' .. ARGV[2]) end
return left
