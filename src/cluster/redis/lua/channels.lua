-- A page of the occupied channels of an app whose names begin so, with their counts.
-- ARGV from 2: app, prefix, the name behind which the page begins ('' for the first), size of the page.
-- Answers a flat list: channel, subscribers, users.
local app, prefix, after = ARGV[2], ARGV[3], ARGV[4]
local from = after == '' and '[' .. prefix or '(' .. after
-- No text in UTF-8 has this byte.
local to = '(' .. prefix .. '\255'
local page = {}
for _, channel in ipairs(redis.call('ZRANGEBYLEX', base .. 'occupied:' .. app, from, to, 'LIMIT', 0, ARGV[5])) do
  local topic = app .. '/' .. channel
  page[#page + 1] = channel
  page[#page + 1] = sum(base .. 'channel:' .. topic)
  page[#page + 1] = redis.call('HLEN', base .. 'members:' .. topic)
end
return page
