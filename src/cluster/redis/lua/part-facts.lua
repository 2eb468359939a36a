-- Facts for webhooks.
local MOST_FACTS = 1000000

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
