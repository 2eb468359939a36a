-- The node's first connection of the user has signed in. ARGV from 4: app, user.
if is_fenced() then return fenced() end
add_user(ARGV[2], lines(ARGV[3]), ARGV[4], ARGV[5])
return 0
