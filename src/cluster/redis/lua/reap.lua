-- Undoes a slice of what a fenced node holds, each thing as if the node had given it back. Several may do so at once:
-- whatever is undone has been taken from the set in the same step.
-- ARGV from 2: the node, whether the caller has the claim on it ('1'), size of the slice; then app and wanted facts of
-- each app that the caller knows. Things of other apps stay, and the apps are answered, so that it may look them up.
-- Answers {whether there is more to do (1), app, ...}.
local node, wanted, unknown = ARGV[2], {}, {}
local held, leaving = base .. 'held:' .. node, base .. 'leaving'
local claim = redis.call('ZSCORE', leaving, node)
if not claim or (ARGV[3] ~= '1' and tonumber(claim) > now_ms()) then return { 0 } end
for at = 5, #ARGV, 2 do wanted[ARGV[at]] = ARGV[at + 1] end

-- Nobody is left and nothing is being undone: the last trace goes, too.
local function forget_world_if_empty()
  if redis.call('EXISTS', KEYS[1], base .. 'leaving') == 0 then redis.call('DEL', base .. 'world', base .. 'info') end
end

-- Whoever is left in a channel without members is told how many they are now; the node that has gone cannot.
local function tell_count(app, channel)
  local topic = app .. '/' .. channel
  if string.sub(channel, 1, 9) ~= 'presence-' then announce(topic, 'n' .. sum(base .. 'channel:' .. topic)) end
end

local function knows(app, entry)
  if wanted[app] then return true end
  unknown[app] = true
  redis.call('SADD', held, entry)
  return false
end

local undo = {
  c = function(entry)
    local app, channel = string.match(entry, '^c([^/]*)/(.*)$')
    if not knows(app, entry) then return end
    local key = base .. 'channel:' .. app .. '/' .. channel
    if redis.call('HDEL', key, node) == 0 then return end
    if redis.call('EXISTS', key) == 0 then vacate(app, channel, wanted[app]) else tell_count(app, channel) end
  end,
  m = function(entry)
    local length, start = string.match(entry, '^m(%d+):()')
    local app, channel = string.match(string.sub(entry, start, start + length - 1), '^([^/]*)/(.*)$')
    if not knows(app, entry) then return end
    release_member(app, channel, string.sub(entry, start + length), wanted[app])
  end,
  u = function(entry)
    local app, user = string.match(entry, '^u([^/]*)/(.*)$')
    release_user(app, user)
  end,
  k = function(entry)
    local app = string.sub(entry, 2)
    redis.call('HDEL', base .. 'connections:' .. app, node)
    tell_connections(app)
  end,
}

-- A channel is vacated after its last member is removed. So channels come last, and wait for a later slice while this
-- one had members in it and a channel still has some.
local channels, has_members = {}, false
for _, entry in ipairs(redis.call('SPOP', held, ARGV[4])) do
  local kind = string.sub(entry, 1, 1)
  has_members = has_members or kind == 'm'
  if kind == 'c' then channels[#channels + 1] = entry else undo[kind](entry) end
end
local may_wait = has_members and redis.call('EXISTS', held) == 1
for _, entry in ipairs(channels) do
  if may_wait and redis.call('EXISTS', base .. 'members:' .. string.sub(entry, 2)) == 1 then
    redis.call('SADD', held, entry)
  else
    undo.c(entry)
  end
end
if redis.call('EXISTS', held) == 0 then
  redis.call('ZREM', leaving, node)
  forget_world_if_empty()
  return { 0 }
end
local answer = { 1 }
for app in pairs(unknown) do answer[#answer + 1] = app end
return answer
