-- A node begins to take part. The ids that it had before are fenced in the same step; what is held under them is this
-- node's to say anew or to give back, for as long as it renews the claim.
-- ARGV from 4: length of the lease, what the node tells of itself or '', a word for a new world.
-- Answers the word of this world, another one than before saying that everything was lost, and the time.
local now, lease = now_ms(), tonumber(ARGV[4])
for _, old in ipairs(lines(ARGV[3])) do
  if redis.call('ZREM', KEYS[1], old) == 1 or redis.call('ZSCORE', base .. 'leaving', old) then
    redis.call('ZADD', base .. 'leaving', now + lease, old)
  end
  redis.call('HDEL', base .. 'info', old)
end
redis.call('ZADD', KEYS[1], now + lease, ARGV[2])
if ARGV[5] ~= '' then redis.call('HSET', base .. 'info', ARGV[2], ARGV[5]) end
redis.call('SET', base .. 'world', ARGV[6], 'NX')
return { redis.call('GET', base .. 'world'), now }
