-- Replaces a field's value if it is still the expected one; answers 1, or 0 and the value that is there. Empty stands for
-- no value. KEYS: hash. ARGV: field, expected, new, life of the hash (ms)
local held = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if held ~= ARGV[2] then
  return {'0', held}
end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return {'1'}
