-- The remembered event of topic ARGV[2]: {event, milliseconds it has left}, or false. The marker ARGV[4] is published to
-- the inbox of the node ARGV[3], so that the node knows which deliveries came before this moment.
local event = recall(ARGV[2])
redis.call(ARGV[1], base .. 'n:' .. ARGV[3], ARGV[4])
return event
