-- Remembered events.

-- {event, milliseconds it has left}, or false.
local function recall(topic)
  local event = redis.call('GET', base .. 'event:' .. topic)
  if not event then return false end
  local left = redis.call('PTTL', base .. 'event:' .. topic)
  if left <= 0 then return false end
  return { event, left }
end
