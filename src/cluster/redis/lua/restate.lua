-- A node that has been away says again what it has in a channel: its subscribers and some of its members. What the
-- ledger knows of a member is newer than what such a node says.
-- ARGV from 4: app, channel, subscribers, wanted facts; then user, info and news of each member.
if is_fenced() then return fenced() end
local olds = lines(ARGV[3])
local app, channel, wanted = ARGV[4], ARGV[5], ARGV[7]
set_subscribers(ARGV[2], olds, app, channel, tonumber(ARGV[6]), wanted)
for at = 8, #ARGV, 3 do
  add_member(ARGV[2], olds, app, channel, ARGV[at], ARGV[at + 1], ARGV[at + 2], wanted, true)
end
return 0
