-- A connection has left a channel: the node's last there, or the last of a member on the node.
-- ARGV from 4: app, channel, subscribers left on the node, wanted facts; the user who left the node.
-- Answers the subscribers on all nodes.
if is_fenced() then return fenced() end
local olds = lines(ARGV[3])
local app, channel, wanted, user = ARGV[4], ARGV[5], ARGV[7], ARGV[8]
if user then
  for _, old in ipairs(olds) do remove_member(old, app, channel, user, wanted) end
  remove_member(ARGV[2], app, channel, user, wanted)
end
return set_subscribers(ARGV[2], olds, app, channel, tonumber(ARGV[6]), wanted)
