-- Undoes a slice of what a fenced node holds, each thing as if the node had given it back. Several may do so at once:
-- whatever is undone is taken from the set in the same step.
-- ARGV from 2: the node, whether the caller has the claim on it ('1'), size of the slice; then app and wanted facts of
-- each app that the caller knows. Things of other apps stay, and the apps are answered, so that it may look them up.
-- Answers {whether there is more to do (1), app, ...}.
local node, wanted, unknown = ARGV[2], {}, {}
local held, leaving = base .. 'held:' .. node, base .. 'leaving'
local claim = redis.call('ZSCORE', leaving, node)
if not claim or (ARGV[3] ~= '1' and tonumber(claim) > now_ms()) then return { 0 } end
for at = 5, #ARGV, 2 do wanted[ARGV[at]] = ARGV[at + 1] end

local function knows(app)
  if wanted[app] then return true end
  unknown[app] = true
  return false
end

local undo = {
  c = function(entry)
    local app, channel = string.match(entry, '^c([^/]*)/(.*)$')
    if knows(app) then set_subscribers(node, {}, app, channel, 0, wanted[app]) end
  end,
  m = function(entry)
    local length, start = string.match(entry, '^m(%d+):()')
    local app, channel = string.match(string.sub(entry, start, start + length - 1), '^([^/]*)/(.*)$')
    if knows(app) then remove_member(node, app, channel, string.sub(entry, start + length), wanted[app]) end
  end,
  u = function(entry)
    local app, user = string.match(entry, '^u([^/]*)/(.*)$')
    remove_user(node, app, user)
  end,
  k = function(entry)
    set_connections(node, {}, string.sub(entry, 2), 0)
  end,
}

for _, entry in ipairs(redis.call('SRANDMEMBER', held, ARGV[4])) do undo[string.sub(entry, 1, 1)](entry) end
if redis.call('EXISTS', held) == 0 then
  redis.call('ZREM', leaving, node)
  forget_world_if_empty()
  return { 0 }
end
local answer = { 1 }
for app in pairs(unknown) do answer[#answer + 1] = app end
return answer
