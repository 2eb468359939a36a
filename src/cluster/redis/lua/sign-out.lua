-- The node's last connection of the user is gone. ARGV from 4: app, user.
if is_fenced() then return fenced() end
for _, old in ipairs(lines(ARGV[3])) do remove_user(old, ARGV[4], ARGV[5]) end
remove_user(ARGV[2], ARGV[4], ARGV[5])
return 0
