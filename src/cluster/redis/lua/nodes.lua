-- The nodes that take part: a flat list of id, milliseconds of lease left, what it tells of itself.
local now = now_ms()
local nodes = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local told = {}
for at = 1, #nodes, 2 do
  told[#told + 1] = nodes[at]
  told[#told + 1] = nodes[at + 1] - now
  told[#told + 1] = redis.call('HGET', base .. 'info', nodes[at]) or ''
end
return told
