-- The node ends taking part: its id is fenced, and what is held under it is the node's own to give back.
-- ARGV from 4: length of the claim.
redis.call('HDEL', base .. 'info', ARGV[2])
if redis.call('ZREM', KEYS[1], ARGV[2]) == 1 then
  redis.call('ZADD', base .. 'leaving', now_ms() + ARGV[4], ARGV[2])
end
return 0
