-- Lengthens a pause in the hash of all pauses, or lifts it where `until` is negative: the instant of lifting stays as a
-- negative number, so that all instances learn of it. Drops what ended an hour ago.
-- KEYS: pauses. ARGV: config, until, now (microseconds)
local hour = 3600000000
local stop, now = tonumber(ARGV[2]), tonumber(ARGV[3])
local held = redis.call('HGET', KEYS[1], ARGV[1])
if not held or stop < 0 or tonumber(held) < stop then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
local latest = now
local pauses = redis.call('HGETALL', KEYS[1])
for i = 1, #pauses, 2 do
  local ends = math.abs(tonumber(pauses[i + 1]))
  if ends < now - hour then
    redis.call('HDEL', KEYS[1], pauses[i])
  end
  latest = math.max(latest, ends)
end
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((latest - now + hour) / 1000)))
return 1
