-- Tells all nodes with readers of the channel how many subscribers there are, as of now. Answers the number.
-- ARGV[2] is the topic.
local total = sum(base .. 'channel:' .. ARGV[2])
announce(ARGV[2], 'n' .. total)
return total
