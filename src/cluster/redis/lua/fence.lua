-- Takes a node for gone, if it still looks so: from here on none of its steps is done.
-- ARGV[2] is the node, ARGV[3] is NUMSUB or SHARDNUMSUB or '', ARGV[4] is '1' when it has been fenced in another
-- partition already. Answers whether the node is fenced now (1).
local lease = redis.call('ZSCORE', KEYS[1], ARGV[2])
if not lease then return 1 end
local is_gone = ARGV[4] == '1' or tonumber(lease) <= now_ms()
if not is_gone and ARGV[3] ~= '' then
  is_gone = redis.call('PUBSUB', ARGV[3], base .. 'n:' .. ARGV[2])[2] == 0
end
if not is_gone then return 0 end
redis.call('ZREM', KEYS[1], ARGV[2])
redis.call('HDEL', base .. 'info', ARGV[2])
redis.call('ZADD', base .. 'leaving', 0, ARGV[2])
return 1
