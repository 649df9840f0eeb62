-- Appends events to the log, each once, and drops what is too old or too much.
-- KEYS: the log; its head, a hash of the last entry's time and number; the last number of this origin's events.
-- ARGV: entries to keep at most; how long they are kept (ms); then pairs: the origin's number of an event, the event.
-- The first half of an entry's id is its time, the second its number in the log: numbers have no gaps.
local head = redis.call('HMGET', KEYS[2], 'time', 'number')
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local number = tonumber(head[2] or 0) or 0
if not head[1] then
    redis.call('HSET', KEYS[2], 'began', string.format('%.0f', now))
elseif tonumber(head[1]) > now then
    now = tonumber(head[1])
end
local origin = redis.call('GET', KEYS[3])
local last = tonumber(origin or 0)
local name = string.match(KEYS[3], '[^:]*$')
for i = 3, #ARGV, 2 do
    local its = tonumber(ARGV[i])
    if its > last then
        last = its
        number = number + 1
        redis.call('XADD', KEYS[1], string.format('%.0f-%.0f', now, number), 'from', name, 'number', ARGV[i], 'event', ARGV[i + 1])
    end
end
redis.call('HSET', KEYS[2], 'time', string.format('%.0f', now), 'number', string.format('%.0f', number))
redis.call('SET', KEYS[3], string.format('%.0f', last), 'PX', 3600000)
redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', ARGV[1])
-- The newest entry that is too old stays: whoever has seen it can resume.
local old = redis.call('XREVRANGE', KEYS[1], string.format('%.0f', now - tonumber(ARGV[2])), '-', 'COUNT', 1)
if old[1] then redis.call('XTRIM', KEYS[1], 'MINID', '~', old[1][1]) end
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tonumber(ARGV[2]) * 1.1))
redis.call('PEXPIRE', KEYS[2], 86400000)
return number
