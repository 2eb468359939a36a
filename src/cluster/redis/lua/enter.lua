-- A connection enters a channel: the node's first there, or the first of a member on the node, or one that knows a
-- member better.
-- ARGV from 4: app, channel, subscribers, wanted facts, marker or '', whether to recall ('1'), whether to answer the
-- roster ('1'); with a member also user, info, news, most members.
-- Answers 'full', or {subscribers, remembered event or false, roster as HGETALL or false}. The marker is published to
-- the node's inbox, so that the node knows which deliveries came before this moment.
if is_fenced() then return fenced() end
local LONGEST_ROSTER = 500
local node, olds = ARGV[2], lines(ARGV[3])
local app, channel, subscribers, wanted = ARGV[4], ARGV[5], tonumber(ARGV[6]), ARGV[7]
local user = ARGV[11]
local topic = app .. '/' .. channel
local members = base .. 'members:' .. topic
if user and redis.call('HLEN', members) >= tonumber(ARGV[14]) and redis.call('HEXISTS', members, user) == 0 then
  return 'full'
end
local total = set_subscribers(node, olds, app, channel, subscribers, wanted)
if user then add_member(node, olds, app, channel, user, ARGV[12], ARGV[13], wanted, false) end
local event = ARGV[9] == '1' and recall(topic)
local roster = false
if ARGV[10] == '1' then
  -- A long one would hold up everybody: the node reads it by itself, and sends the marker behind that.
  if redis.call('HLEN', members) > LONGEST_ROSTER then return { total, event, 'long' } end
  roster = redis.call('HGETALL', members)
end
if ARGV[8] ~= '' then redis.call(ARGV[1], base .. 'n:' .. node, ARGV[8]) end
return { total, event, roster }
