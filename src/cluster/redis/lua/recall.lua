-- The remembered event of topic ARGV[2]: {event, milliseconds it has left}, or false.
return recall(ARGV[2])
