-- The node has so many connections of the app; all who listen to the app hear how many there are. ARGV from 4: app,
-- connections.
if is_fenced() then return fenced() end
set_connections(ARGV[2], lines(ARGV[3]), ARGV[4], tonumber(ARGV[5]))
return 0
