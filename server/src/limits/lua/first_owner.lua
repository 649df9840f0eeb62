-- The owner of the key, which is the caller if it had none. KEYS: fingerprint. ARGV: owner, time to live (ms)
local owner = redis.call('GET', KEYS[1])
if owner then
  return owner
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
