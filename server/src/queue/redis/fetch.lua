-- KEYS: the ten streams, `lined`. ARGV: group, consumer, how many at most, `>` for new jobs or `0` for what the consumer
-- holds, how many of them are kept for others, the priority whose turn comes first there, how many of each share at most
-- (-1: no limit), then pairs of a share and how many of it at most instead.
-- Before it reads new jobs, it moves as many from the lines to the stream's end, each share in its turn. What is kept for
-- others goes, where more urgent jobs would take all, to less urgent ones, by turns of priorities, of shares that have
-- nothing more urgent: what else comes up then goes to the head of its line. Makes the group where it is missing. Gives how
-- many jobs are left in lines, how many shares were passed over since they have no room, each of these with the first
-- priority that its line is of, then priority, entry id and stored job of each, one after another; those of others first.
local want, kept = tonumber(ARGV[3]), tonumber(ARGV[5])
local usual, rooms = tonumber(ARGV[7]), {}
for i = 8, #ARGV, 2 do rooms[ARGV[i]] = tonumber(ARGV[i + 1]) end
local left = tonumber(redis.call('GET', KEYS[11]) or 0)
local moved, out = 0, {}
local without_room, first_of = {}, {}
local function share_of(stored)
  local point = string.find(stored, '.', 1, true)
  return point and string.sub(stored, point + 1) or ''
end
local fronts = {}
local function has_more_urgent(share, p)
  for q = 1, p - 1 do
    if not fronts[q] then
      fronts[q] = {}
      for _, entry in ipairs(redis.call('XREVRANGE', KEYS[q], '+', '-', 'COUNT', 100)) do
        fronts[q][share_of(entry[2][2] or '')] = true
      end
    end
    if fronts[q][share] or redis.call('EXISTS', KEYS[q] .. ':of:' .. share) == 1 then return true end
  end
  return false
end
local function move(p, most, for_others)
  local ring = KEYS[p] .. ':ring'
  local shares, passed, count = redis.call('LLEN', ring), 0, 0
  -- Each of these is asked for at up to nine places; the rest has its turn next time.
  if for_others then shares = math.min(shares, 50) end
  while count < most and passed < shares do
    local share = redis.call('LPOP', ring)
    if not share then break end
    local room = share == '' and -1 or rooms[share] or usual
    local line = KEYS[p] .. ':of:' .. share
    local may = room ~= 0 and not (for_others and has_more_urgent(share, p))
    local job = may and redis.call('LPOP', line)
    if job then
      redis.call('XADD', KEYS[p], '*', 'j', string.sub(job, string.find(job, ':', 1, true) + 1))
      rooms[share] = room - 1
      passed, count = 0, count + 1
    else
      passed = passed + 1
      if room == 0 and not first_of[share] then
        first_of[share] = p - 1
        without_room[#without_room + 1] = share
      end
    end
    if redis.call('EXISTS', line) == 1 then
      redis.call('RPUSH', ring, share)
    else
      shares = shares - 1
    end
  end
  moved = moved + count
end
local function read(p, most)
  local function ask()
    return redis.pcall('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', most, 'STREAMS', KEYS[p], ARGV[4])
  end
  local got = ask()
  if got and got.err and string.find(got.err, 'NOGROUP') then
    redis.call('XGROUP', 'CREATE', KEYS[p], ARGV[1], '0', 'MKSTREAM')
    got = ask()
  end
  if got and got.err then error(got.err) end
  return got and got[1] and got[1][2] or {}
end
local function bring(p, entry)
  out[#out + 1] = p - 1
  out[#out + 1] = entry[1]
  out[#out + 1] = entry[2][2] or ''
  want = want - 1
end
local function most_urgent(reserve)
  local first
  for p = 1, 10 do
    local most = want - reserve
    if most <= 0 then break end
    if ARGV[4] == '>' and moved < left then move(p, most) end
    for _, entry in ipairs(read(p, most)) do
      if entry[2] then
        first = first or p
        bring(p, entry)
      end
    end
  end
  return first
end
local function one_of_others(p)
  if moved < left then move(p, 1, true) end
  local aside, found = {}, false
  for _ = 1, 100 do
    local entry = read(p, 1)[1]
    if not entry then break end
    local share = share_of(entry[2][2] or '')
    if not has_more_urgent(share, p) then
      bring(p, entry)
      found = true
      break
    end
    aside[#aside + 1] = entry
  end
  for i = #aside, 1, -1 do
    local id, stored = aside[i][1], aside[i][2][2] or ''
    local share = share_of(stored)
    local line = KEYS[p] .. ':of:' .. share
    redis.call('XACK', KEYS[p], ARGV[1], id)
    redis.call('XDEL', KEYS[p], id)
    if redis.call('EXISTS', line) == 0 then redis.call('RPUSH', KEYS[p] .. ':ring', share) end
    redis.call('LPUSH', line, string.match(id, '^%d+') .. ':' .. stored)
    moved = moved - 1
  end
  return found
end
local first = most_urgent(kept) or 1
if want > 0 and want <= kept then
  local urgent, others = out, {}
  out = {}
  for step = 0, 9 do
    local p = (tonumber(ARGV[6]) + step) % 10 + 1
    if p > first then others[#others + 1] = p end
  end
  while want > 0 and #others > 0 do
    local more = {}
    for _, p in ipairs(others) do
      if want > 0 and one_of_others(p) then more[#more + 1] = p end
    end
    others = more
  end
  for _, value in ipairs(urgent) do out[#out + 1] = value end
  most_urgent(0)
end
if moved ~= 0 then redis.call('INCRBY', KEYS[11], -moved) end
local answer = {left - moved, #without_room}
for _, share in ipairs(without_room) do
  answer[#answer + 1] = share
  answer[#answer + 1] = first_of[share]
end
for _, value in ipairs(out) do answer[#answer + 1] = value end
return answer
