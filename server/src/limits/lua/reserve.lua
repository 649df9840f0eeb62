-- The sliding window of limits/sliding.rs over a sorted set: scores are the instants (microseconds, exact in a double
-- until 2^53), members only tell equal instants apart. Takes n slots one after the other; answers the number granted,
-- their instants, and, when some were refused, the instant at which one would be free.
-- KEYS: log. ARGV: count, window, earliest, n, latest, now, grace (ms), who asks (empty: record nothing)
local log = KEYS[1]
local count, window, earliest, n = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local latest, now, grace, member = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]

-- Whoever has a slot already asks again because something else failed: it keeps that one.
if member ~= '' and n == 1 then
  local had = redis.call('ZSCORE', log, member .. '1')
  if had then return {1, tonumber(had)} end
end

local held = redis.call('ZCARD', log)
local excess = math.max(held - count, 0)
held = held - excess

-- The oldest instants, as many as the n slots may push out.
local oldest = {}
if held + n > count then
  local range = redis.call('ZRANGE', log, excess, excess + math.min(n, held) - 1, 'WITHSCORES')
  for i = 2, #range, 2 do
    oldest[#oldest + 1] = tonumber(range[i])
  end
end

-- granted never goes back, so it is a queue as oldest is, and the smallest instant is at the head of one of them.
local granted, pushed, passed, answer = {}, 0, 0, {0}
for i = 1, n do
  local slot = earliest
  local from_oldest = false
  local full = held - pushed + #granted - passed >= count
  if full then
    local a, b = oldest[pushed + 1], granted[passed + 1]
    from_oldest = a ~= nil and (b == nil or a <= b)
    slot = math.max(earliest, (from_oldest and a or b) + window)
  end
  if slot > latest then
    answer[#answer + 1] = slot
    break
  end
  if full then
    if from_oldest then pushed = pushed + 1 else passed = passed + 1 end
  end
  granted[#granted + 1] = slot
  answer[1] = #granted
  answer[#answer + 1] = slot
end

if member ~= '' and #granted > 0 then
  if excess + pushed > 0 then
    redis.call('ZREMRANGEBYRANK', log, 0, excess + pushed - 1)
  end
  local chunk = {}
  for i = passed + 1, #granted do
    chunk[#chunk + 1] = string.format('%.0f', granted[i])
    chunk[#chunk + 1] = member .. i
    if #chunk >= 1000 or i == #granted then
      redis.call('ZADD', log, unpack(chunk))
      chunk = {}
    end
  end
  local last = tonumber(redis.call('ZRANGE', log, -1, -1, 'WITHSCORES')[2])
  local matters = math.max(last - now, 0) + window
  redis.call('PEXPIRE', log, string.format('%.0f', math.ceil(matters / 1000) + grace))
end
return answer
