-- A node renews its lease and its claims, sends itself a message, and looks at the others.
-- ARGV from 4: length of the lease, what the node tells of itself or '', the message to its own inbox, NUMSUB or
-- SHARDNUMSUB, or '' for a look at the leases only.
-- Answers {nodes that look gone, nodes whose things have to be undone, all nodes if the node has told of itself, the
-- time}. A lease that has run out may be renewed as long as nobody has taken the node for gone.
if is_fenced() then return fenced() end
local now, lease = now_ms(), tonumber(ARGV[4])
redis.call('ZADD', KEYS[1], now + lease, ARGV[2])
if ARGV[5] ~= '' then redis.call('HSET', base .. 'info', ARGV[2], ARGV[5]) end
for _, old in ipairs(lines(ARGV[3])) do redis.call('ZADD', base .. 'leaving', 'XX', now + lease, old) end
redis.call(ARGV[1], base .. 'n:' .. ARGV[2], ARGV[6])
local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)
if ARGV[7] ~= '' then
  -- A node that has died has left its inbox at once, long before its lease runs out.
  for _, node in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%d', now), '+inf')) do
    if redis.call('PUBSUB', ARGV[7], base .. 'n:' .. node)[2] == 0 then gone[#gone + 1] = node end
  end
end
local leaving = redis.call('ZRANGEBYSCORE', base .. 'leaving', '-inf', now)
return { gone, leaving, ARGV[5] ~= '' and redis.call('ZRANGE', KEYS[1], 0, -1) or {}, now }
