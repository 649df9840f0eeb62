-- Where a log ends, and that it is watched. A log that nobody watched for long has holes and begins anew; not one that
-- is younger than that: Redis has lost its memory, and events that are not read yet may be in it already.
-- KEYS: whether somebody watches; then a log and its head, twice.
-- ARGV: how long a watcher counts (ms).
-- Gives the time and number of the last entry of each log.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local watched = redis.call('EXISTS', KEYS[1]) == 1
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
local ends = {}
for i = 2, #KEYS, 2 do
    local head = redis.call('HMGET', KEYS[i + 1], 'time', 'number', 'began')
    local time, number = head[1], head[2]
    local young = head[3] and now - tonumber(head[3]) < tonumber(ARGV[1])
    if not time or not number or not (watched or young) then
        -- Later than all that was there, so that whoever follows the log by its ids finds what is new.
        time = string.format('%.0f', math.max(now, tonumber(time or 0) + 1))
        number = '0'
        redis.call('DEL', KEYS[i])
        redis.call('HSET', KEYS[i + 1], 'began', time, 'time', time, 'number', number)
        redis.call('PEXPIRE', KEYS[i + 1], 86400000)
    end
    ends[#ends + 1] = time
    ends[#ends + 1] = number
end
return ends
