-- {subscribers, users} of the channel of topic ARGV[2].
return { sum(base .. 'channel:' .. ARGV[2]), redis.call('HLEN', base .. 'members:' .. ARGV[2]) }
