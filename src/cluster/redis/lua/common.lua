-- What all steps share; this text stands before each of them. The rest of what some share is in part-*.lua, and stands
-- behind this text in those that need it: making a function takes time, too.
--
-- KEYS[1] is `nodes` of one partition. All other keys and channels of the step are that name with another ending, so
-- they have the same hash tag and lie on the same server:
--   nodes          sorted set: node -> end of its lease, by this server's clock in milliseconds
--   leaving        sorted set: node whose things are being undone -> until when one node alone may do it
--   info           hash: node -> what it tells of itself
--   world          a word that is lost with everything else
--   held:NODE      set: all that the node holds here, each by a letter and what it is (part-*.lua)
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

local function is_fenced()
  return not redis.call('ZSCORE', KEYS[1], ARGV[2])
end

local function fenced()
  return redis.error_reply('FENCED the other nodes have taken this one for gone')
end

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function lines(text)
  local found = {}
  if text == '' then return found end
  for line in string.gmatch(text, '[^\n]+') do found[#found + 1] = line end
  return found
end

local function announce(topic, message)
  redis.call(ARGV[1], base .. 't:' .. topic, message)
end

local function sum(key)
  local total = 0
  for _, number in ipairs(redis.call('HVALS', key)) do total = total + number end
  return total
end
