-- How many connections of an app a node has.
local function entry_of_connections(app) return 'k' .. app end

local function tell_connections(app)
  announce(app .. '/@/', 'k' .. sum(base .. 'connections:' .. app))
end

local function set_connections(node, olds, app, connections)
  local key = base .. 'connections:' .. app
  local entry = entry_of_connections(app)
  for _, old in ipairs(olds) do
    if redis.call('SREM', base .. 'held:' .. old, entry) == 1 then redis.call('HDEL', key, old) end
  end
  if connections > 0 then
    redis.call('HSET', key, node, connections)
    redis.call('SADD', base .. 'held:' .. node, entry)
  elseif redis.call('HDEL', key, node) == 1 then
    redis.call('SREM', base .. 'held:' .. node, entry)
  end
  tell_connections(app)
end
