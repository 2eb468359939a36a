-- Who holds a signed-in user.
local function entry_of_user(app, user) return 'u' .. app .. '/' .. user end

local function add_user(node, olds, app, user)
  local entry = entry_of_user(app, user)
  local change = redis.call('SADD', base .. 'held:' .. node, entry)
  for _, old in ipairs(olds) do change = change - redis.call('SREM', base .. 'held:' .. old, entry) end
  if change == 0 then return end
  local nodes = redis.call('HINCRBY', base .. 'online:' .. app, user, change)
  if change > 0 and nodes == change then announce(app .. '/@/' .. user, '+') end
end

-- One node fewer holds the user.
local function release_user(app, user)
  if redis.call('HINCRBY', base .. 'online:' .. app, user, -1) > 0 then return end
  redis.call('HDEL', base .. 'online:' .. app, user)
  announce(app .. '/@/' .. user, '-')
end

local function remove_user(node, app, user)
  if redis.call('SREM', base .. 'held:' .. node, entry_of_user(app, user)) == 1 then release_user(app, user) end
end
