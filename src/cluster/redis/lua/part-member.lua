-- Who holds a member. Needs part-facts.lua.

-- Both parts may have any characters, so the length says where the first one ends.
local function entry_of_member(topic, user) return 'm' .. #topic .. ':' .. topic .. user end

-- The node holds the member. `news` is the member as a message without its first letter; `keeps` is for a node that
-- says again what it knew: then what the ledger knows of the user is newer.
local function add_member(node, olds, app, channel, user, info, news, wanted, keeps)
  local topic = app .. '/' .. channel
  local key = base .. 'members:' .. topic
  local entry = entry_of_member(topic, user)
  local change = redis.call('SADD', base .. 'held:' .. node, entry)
  for _, old in ipairs(olds) do change = change - redis.call('SREM', base .. 'held:' .. old, entry) end
  local known = redis.call('HGET', key, user)
  if not known then
    redis.call('HSET', key, user, '1 ' .. info)
    announce(topic, 'a' .. news)
    note(wanted, 'a', 'member_added', app, channel, user)
    return
  end
  local space = string.find(known, ' ', 1, true)
  local known_info = string.sub(known, space + 1)
  local is_changed = not keeps and known_info ~= info
  if is_changed then announce(topic, 'h' .. news) else info = known_info end
  if is_changed or change ~= 0 then
    redis.call('HSET', key, user, (string.sub(known, 1, space - 1) + change) .. ' ' .. info)
  end
end

-- One node fewer holds the member.
local function release_member(app, channel, user, wanted)
  local topic = app .. '/' .. channel
  local key = base .. 'members:' .. topic
  local known = redis.call('HGET', key, user)
  if not known then return end
  local space = string.find(known, ' ', 1, true)
  local nodes = string.sub(known, 1, space - 1) - 1
  if nodes > 0 then
    redis.call('HSET', key, user, nodes .. string.sub(known, space))
    return
  end
  redis.call('HDEL', key, user)
  announce(topic, 'r' .. user)
  note(wanted, 'r', 'member_removed', app, channel, user)
end

-- The node does not hold the member any more. Does nothing if it did not.
local function remove_member(node, app, channel, user, wanted)
  local entry = entry_of_member(app .. '/' .. channel, user)
  if redis.call('SREM', base .. 'held:' .. node, entry) == 1 then release_member(app, channel, user, wanted) end
end
