-- Who has subscribers in a channel. Needs part-facts.lua.
local function entry_of_channel(topic) return 'c' .. topic end

local function vacate(app, channel, wanted)
  redis.call('ZREM', base .. 'occupied:' .. app, channel)
  note(wanted, 'v', 'channel_vacated', app, channel)
end

-- Says how many subscribers the node has, 0 included. Answers how many there are on all nodes.
local function set_subscribers(node, olds, app, channel, subscribers, wanted)
  local topic = app .. '/' .. channel
  local key = base .. 'channel:' .. topic
  local entry = entry_of_channel(topic)
  local added = 0
  for _, old in ipairs(olds) do
    if redis.call('SREM', base .. 'held:' .. old, entry) == 1 then added = added - redis.call('HDEL', key, old) end
  end
  if subscribers > 0 then
    if redis.call('HSET', key, node, subscribers) == 1 then
      redis.call('SADD', base .. 'held:' .. node, entry)
      added = added + 1
    end
  elseif redis.call('HDEL', key, node) == 1 then
    redis.call('SREM', base .. 'held:' .. node, entry)
    added = added - 1
  end
  local total, nodes = 0, redis.call('HVALS', key)
  for _, number in ipairs(nodes) do total = total + number end
  local was_occupied = #nodes - added > 0
  if total > 0 and not was_occupied then
    redis.call('ZADD', base .. 'occupied:' .. app, 0, channel)
    note(wanted, 'o', 'channel_occupied', app, channel)
  elseif total == 0 and was_occupied then
    vacate(app, channel, wanted)
  end
  return total
end
