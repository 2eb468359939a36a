-- What all steps share; this text stands before each of them.
--
-- KEYS[1] is `nodes` of one partition. All other keys and channels of the step are that name with another ending, so
-- they have the same hash tag and lie on the same server:
--   nodes          sorted set: node -> end of its lease, by this server's clock in milliseconds
--   leaving        sorted set: node whose things are being undone -> until when one node alone may do it
--   info           hash: node -> what it tells of itself
--   world          a word that is lost with everything else
--   held:NODE      set: all that the node holds here (see `entry_of_...`)
--   channel:TOPIC  hash: node -> its subscribers; exists while the channel is occupied
--   members:TOPIC  hash: user -> "NODES INFO", NODES being how many nodes hold the member
--   occupied:APP   sorted set, all scores 0: the occupied channels
--   online:APP     hash: user -> how many nodes hold the user
--   connections:APP  hash: node -> its connections
--   event:TOPIC    a remembered event: "LENGTH NAME DATA", LENGTH being that of the name
--   kept:APP, sizes:APP  the remembered events by time of publication, and their sizes ('' is the sum)
--   once:NAME      digest of a request that was sent under the name
--   facts          stream: field f is a fact in JSON
-- and the channels t:TOPIC for deliveries and n:NODE, the inbox of a node.
--
-- ARGV[1] is PUBLISH or SPUBLISH. In steps of a node, ARGV[2] is its id and ARGV[3] are the ids that it had before, one
-- a line, while something may still be held under them: what is said anew moves to the new id within one step.
local base = string.sub(KEYS[1], 1, -6)
local MOST_FACTS = 1000000
local FENCED = redis.error_reply('FENCED the other nodes have taken this one for gone')

local function is_fenced()
  return not redis.call('ZSCORE', KEYS[1], ARGV[2])
end

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function lines(text)
  local found = {}
  for line in string.gmatch(text, '[^\n]+') do found[#found + 1] = line end
  return found
end

local function entry_of_channel(topic) return 'c' .. topic end
-- Both parts may have any characters, so the length says where the first one ends.
local function entry_of_member(topic, user) return 'm' .. #topic .. ':' .. topic .. user end
local function entry_of_user(app, user) return 'u' .. app .. '/' .. user end
local function entry_of_connections(app) return 'k' .. app end

local function announce(topic, message)
  redis.call(ARGV[1], base .. 't:' .. topic, message)
end

-- A text that is not well-formed travels as a NUL and its JSON (see text.ts).
local function json(text)
  if string.byte(text, 1) == 0 then return string.sub(text, 2) end
  return cjson.encode(text)
end

-- `wanted` has a letter for each kind of fact that somebody wants to be told of.
local function note(wanted, letter, name, app, channel, user)
  if not string.find(wanted, letter, 1, true) then return end
  local fact = '{"name":"' .. name .. '","app":' .. json(app) .. ',"channel":' .. json(channel)
  if user then fact = fact .. ',"user":' .. json(user) end
  redis.call('XADD', base .. 'facts', 'MAXLEN', '~', MOST_FACTS, '*', 'f', fact .. '}')
end

local function sum(key)
  local total = 0
  for _, number in ipairs(redis.call('HVALS', key)) do total = total + number end
  return total
end

-- Says how many subscribers the node has, 0 included. Answers how many there are on all nodes.
local function set_subscribers(node, olds, app, channel, subscribers, wanted)
  local topic = app .. '/' .. channel
  local key = base .. 'channel:' .. topic
  local entry = entry_of_channel(topic)
  local was_occupied = redis.call('EXISTS', key) == 1
  for _, old in ipairs(olds) do
    if redis.call('SREM', base .. 'held:' .. old, entry) == 1 then redis.call('HDEL', key, old) end
  end
  if subscribers > 0 then
    redis.call('HSET', key, node, subscribers)
    redis.call('SADD', base .. 'held:' .. node, entry)
  elseif redis.call('HDEL', key, node) == 1 then
    redis.call('SREM', base .. 'held:' .. node, entry)
  end
  local total = sum(key)
  if total > 0 and not was_occupied then
    redis.call('ZADD', base .. 'occupied:' .. app, 0, channel)
    note(wanted, 'o', 'channel_occupied', app, channel)
  elseif total == 0 and was_occupied then
    redis.call('ZREM', base .. 'occupied:' .. app, channel)
    note(wanted, 'v', 'channel_vacated', app, channel)
  end
  return total
end

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

-- The node does not hold the member any more. Does nothing if it did not.
local function remove_member(node, app, channel, user, wanted)
  local topic = app .. '/' .. channel
  local key = base .. 'members:' .. topic
  if redis.call('SREM', base .. 'held:' .. node, entry_of_member(topic, user)) == 0 then return end
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

local function add_user(node, olds, app, user)
  local entry = entry_of_user(app, user)
  local change = redis.call('SADD', base .. 'held:' .. node, entry)
  for _, old in ipairs(olds) do change = change - redis.call('SREM', base .. 'held:' .. old, entry) end
  if change == 0 then return end
  local nodes = redis.call('HINCRBY', base .. 'online:' .. app, user, change)
  if change > 0 and nodes == change then announce(app .. '/@/' .. user, '+') end
end

local function remove_user(node, app, user)
  if redis.call('SREM', base .. 'held:' .. node, entry_of_user(app, user)) == 0 then return end
  if redis.call('HINCRBY', base .. 'online:' .. app, user, -1) > 0 then return end
  redis.call('HDEL', base .. 'online:' .. app, user)
  announce(app .. '/@/' .. user, '-')
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
  announce(app .. '/@/', 'k' .. sum(key))
end

-- {event, milliseconds it has left}, or false.
local function recall(topic)
  local event = redis.call('GET', base .. 'event:' .. topic)
  if not event then return false end
  local left = redis.call('PTTL', base .. 'event:' .. topic)
  if left <= 0 then return false end
  return { event, left }
end

-- Nobody is left and nothing is being undone: the last trace goes, too.
local function forget_world_if_empty()
  if redis.call('EXISTS', KEYS[1], base .. 'leaving') == 0 then redis.call('DEL', base .. 'world', base .. 'info') end
end

