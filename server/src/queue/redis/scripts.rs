//! The steps that Redis takes as one, in Lua. Every key of a call belongs to one lane and so, by its hash tag, to one
//! node of a cluster.

use std::sync::OnceLock;

use fred::bytes_utils::Str;
use fred::clients::Client;
use fred::error::Error;
use fred::interfaces::{ClientLike, LuaInterface};
use fred::types::config::Options;
use fred::types::{Key, Value};

/// A script, called by its hash once the server has told us that.
pub(super) struct Script {
    text: &'static str,
    hash: OnceLock<Str>,
}

impl Script {
    const fn new(text: &'static str) -> Self {
        Self { text, hash: OnceLock::new() }
    }

    /// Runs the script. Fails at once when the connection is down.
    pub(super) async fn run(&self, client: &Client, keys: Vec<Key>, args: Vec<Value>) -> Result<Value, Error> {
        let options = Options { fail_fast: true, max_attempts: Some(1), ..Options::default() };
        let client = client.with_options(&options);
        let hash = match self.hash.get() {
            Some(hash) => hash.clone(),
            None => {
                let hash: Str = client.script_load(self.text).await?;
                self.hash.get_or_init(|| hash).clone()
            }
        };
        match client.evalsha(hash, keys.clone(), args.clone()).await {
            // A server that was restarted, flushed or promoted: EVAL makes it remember the script.
            Err(error) if error.details().starts_with("NOSCRIPT") => client.eval(self.text, keys, args).await,
            answer => answer,
        }
    }
}

/// All scripts; what each takes and gives is said beside its text.
pub(super) struct Scripts {
    pub push: Script,
    pub push_at: Script,
    pub promote: Script,
    pub fetch: Script,
    pub reclaim: Script,
    pub acknowledge: Script,
    pub give_back: Script,
    pub line_up: Script,
    pub keep: Script,
    pub leave: Script,
    pub forget: Script,
    pub depth: Script,
    pub oldest: Script,
}

impl Scripts {
    pub(super) const fn new() -> Self {
        Self {
            push: Script::new(PUSH),
            push_at: Script::new(PUSH_AT),
            promote: Script::new(PROMOTE),
            fetch: Script::new(FETCH),
            reclaim: Script::new(RECLAIM),
            acknowledge: Script::new(ACKNOWLEDGE),
            give_back: Script::new(GIVE_BACK),
            line_up: Script::new(LINE_UP),
            keep: Script::new(KEEP),
            leave: Script::new(LEAVE),
            forget: Script::new(FORGET),
            depth: Script::new(DEPTH),
            oldest: Script::new(OLDEST),
        }
    }
}

/// Defines `put`, which takes a member (a digit for the priority, then the stored job) and the millisecond since when it is
/// due, and tells whether it was taken. `millis` is now.
///
/// A stream holds what is in hand, and at its front a few jobs that any worker may have at once. What comes beyond that,
/// or has others of its share before it, waits in its share's line (`…:pN:of:<share>`, each job behind the millisecond it
/// was handed in, or due); `…:pN:ring` lists the shares that have a line, in the order of their turns. Both begin with the
/// stream's name, so they lie on the same node. `lined` counts what is in the lines of all priorities. A full lane still
/// takes a few jobs of each share.
///
/// KEYS: the ten streams, `lined`. ARGV: capacity, group, places at each front, jobs of each share.
macro_rules! put {
    () => {
        "
local room = tonumber(ARGV[1]) - tonumber(redis.call('GET', KEYS[11]) or 0)
for p = 1, 10 do room = room - redis.call('XLEN', KEYS[p]) end
local fronts, lined = {}, 0
local time = redis.call('TIME')
local millis = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local function put(member, since)
  local p = string.byte(member) - 47
  local stored = string.sub(member, 2)
  local point = string.find(stored, '.', 1, true)
  local share = point and string.sub(stored, point + 1) or ''
  local line = KEYS[p] .. ':of:' .. share
  local waiting = redis.call('LLEN', line)
  if room <= 0 and (share == '' or waiting >= tonumber(ARGV[4])) then return false end
  room = room - 1
  if waiting == 0 and not fronts[p] then
    local pending = redis.pcall('XPENDING', KEYS[p], ARGV[2])
    local held = pending.err and 0 or pending[1]
    fronts[p] = tonumber(ARGV[3]) - redis.call('XLEN', KEYS[p]) + held
  end
  if waiting == 0 and fronts[p] > 0 then
    fronts[p] = fronts[p] - 1
    redis.call('XADD', KEYS[p], '*', 'j', stored)
  else
    if waiting == 0 then redis.call('RPUSH', KEYS[p] .. ':ring', share) end
    redis.call('RPUSH', line, since .. ':' .. stored)
    lined = lined + 1
  end
  return true
end
"
    };
}

/// KEYS and ARGV as for `put`, then members. Gives the number of members taken.
const PUSH: &str = concat!(
    put!(),
    "
local taken = 0
for i = 5, #ARGV do
  if put(ARGV[i], millis) then taken = taken + 1 end
end
if lined > 0 then redis.call('INCRBY', KEYS[11], lined) end
return taken"
);

/// What is for later waits in sorted sets by due time, one for each priority and share (`…:later:N:<share>`, a line), so
/// that a long line takes nobody else's room and is before nobody else's jobs; `…:later:heads` says when something of each
/// line is due, `…:later:count` how many jobs are in all of them. `…:later` itself is what versions without lines filled.
///
/// KEYS: `later`, its heads, its count. ARGV: capacity, jobs of each line that find room in a full lane, then pairs of due
/// time and member. Gives the number not taken.
const PUSH_AT: &str = "
local room = tonumber(ARGV[1]) - tonumber(redis.call('GET', KEYS[3]) or 0)
local added, refused, heads = 0, 0, {}
for i = 3, #ARGV, 2 do
  local due, member = ARGV[i], ARGV[i + 1]
  local point = string.find(member, '.', 1, true)
  local name = string.sub(member, 1, 1) .. ':' .. (point and string.sub(member, point + 1) or '')
  local line = KEYS[1] .. ':' .. name
  if room > 0 or redis.call('ZSCORE', line, member)
    or point and redis.call('ZCARD', line) < tonumber(ARGV[2]) then
    local new = redis.call('ZADD', line, due, member)
    room = room - new
    added = added + new
    if not heads[name] or tonumber(due) < tonumber(heads[name]) then heads[name] = due end
  else
    refused = refused + 1
  end
end
for name, due in pairs(heads) do redis.call('ZADD', KEYS[2], 'LT', due, name) end
if added > 0 then redis.call('INCRBY', KEYS[3], added) end
return refused";

/// KEYS as for `put`, then `later`, its heads, its count. ARGV as for `put`, then now, and how many at most. Of each line
/// that has something due a like number is moved; one that finds no place goes behind the others that are due.
/// Gives how many were moved, and when the next is due (empty: none).
const PROMOTE: &str = concat!(
    put!(),
    "
local moved = 0
local function move(set, most)
  local due = redis.call('ZRANGEBYSCORE', set, '-inf', ARGV[5], 'WITHSCORES', 'LIMIT', 0, most)
  local gone = {}
  for i = 1, #due, 2 do
    local since = string.format('%.0f', math.floor(tonumber(due[i + 1]) / 1000))
    if not put(due[i], since) then break end
    gone[#gone + 1] = due[i]
  end
  if #gone > 0 then redis.call('ZREM', set, unpack(gone)) end
  moved = moved + #gone
  return 2 * #gone < #due
end
local heads = redis.call('ZRANGEBYSCORE', KEYS[13], '-inf', ARGV[5], 'LIMIT', 0, ARGV[6])
local each = math.floor(tonumber(ARGV[6]) / math.max(1, #heads))
for _, name in ipairs(heads) do
  local line = KEYS[12] .. ':' .. name
  if move(line, each) then
    redis.call('ZADD', KEYS[13], ARGV[5], name)
  else
    local first = redis.call('ZRANGE', line, 0, 0, 'WITHSCORES')[2]
    if first then redis.call('ZADD', KEYS[13], first, name) else redis.call('ZREM', KEYS[13], name) end
  end
end
if moved > 0 then redis.call('DECRBY', KEYS[14], moved) end
move(KEYS[12], ARGV[6])
if lined > 0 then redis.call('INCRBY', KEYS[11], lined) end
local first = redis.call('ZRANGE', KEYS[13], 0, 0, 'WITHSCORES')[2]
local other = redis.call('ZRANGE', KEYS[12], 0, 0, 'WITHSCORES')[2]
if not first or other and tonumber(other) < tonumber(first) then first = other end
return {moved, first or ''}"
);

/// What it takes and gives is said at its top.
const FETCH: &str = include_str!("fetch.lua");

/// KEYS: the ten streams. ARGV: group, consumer, least idle milliseconds, how many at most. Takes over what its consumer
/// has not kept. Gives priority, entry id and stored job of each, one after another.
const RECLAIM: &str = "
local want = tonumber(ARGV[4])
local out = {}
for p = 1, 10 do
  local cursor = '0-0'
  for _ = 1, 20 do
    if want <= 0 then break end
    local got = redis.pcall('XAUTOCLAIM', KEYS[p], ARGV[1], ARGV[2], ARGV[3], cursor, 'COUNT', want)
    if got.err then
      if string.find(got.err, 'NOGROUP') then break end
      return redis.error_reply(got.err)
    end
    cursor = got[1]
    for _, entry in pairs(got[2]) do
      if entry and entry[2] then
        out[#out + 1] = p - 1
        out[#out + 1] = entry[1]
        out[#out + 1] = entry[2][2] or ''
        want = want - 1
      end
    end
    if cursor == '0-0' then break end
  end
end
return out";

/// KEYS: one stream. ARGV: group, then entry ids.
const ACKNOWLEDGE: &str = "
redis.call('XACK', KEYS[1], ARGV[1], unpack(ARGV, 2))
return redis.call('XDEL', KEYS[1], unpack(ARGV, 2))";

/// KEYS: one stream. ARGV: group, then pairs of entry id and stored work. Makes waiting jobs of what is in hand.
const GIVE_BACK: &str = "
for i = 2, #ARGV, 2 do
  if redis.call('XACK', KEYS[1], ARGV[1], ARGV[i]) == 1 then
    redis.call('XDEL', KEYS[1], ARGV[i])
    redis.call('XADD', KEYS[1], '*', 'j', ARGV[i + 1])
  end
end
return 0";

/// KEYS: one stream, `lined`. ARGV: group, then pairs of entry id and stored job. Makes what is in hand the first of its
/// share's line, in the given order.
const LINE_UP: &str = "
local lined = 0
for i = #ARGV - 1, 2, -2 do
  if redis.call('XACK', KEYS[1], ARGV[1], ARGV[i]) == 1 then
    redis.call('XDEL', KEYS[1], ARGV[i])
    local stored = ARGV[i + 1]
    local point = string.find(stored, '.', 1, true)
    local share = point and string.sub(stored, point + 1) or ''
    local line = KEYS[1] .. ':of:' .. share
    if redis.call('EXISTS', line) == 0 then redis.call('RPUSH', KEYS[1] .. ':ring', share) end
    redis.call('LPUSH', line, string.match(ARGV[i], '^%d+') .. ':' .. stored)
    lined = lined + 1
  end
end
if lined > 0 then redis.call('INCRBY', KEYS[2], lined) end
return lined";

/// KEYS: one stream. ARGV: group, consumer, 0, entry ids, JUSTID. Says that the jobs are still in hand.
const KEEP: &str = "
local kept = redis.pcall('XCLAIM', KEYS[1], unpack(ARGV))
return kept.err and 0 or #kept";

/// KEYS: the ten streams. ARGV: group, consumer. Removes the consumer from where it holds nothing: what a removed
/// consumer held would be delivered to nobody.
const LEAVE: &str = "
for p = 1, 10 do
  local held = redis.pcall('XPENDING', KEYS[p], ARGV[1], '-', '+', 1, ARGV[2])
  if not held.err and #held == 0 then redis.pcall('XGROUP', 'DELCONSUMER', KEYS[p], ARGV[1], ARGV[2]) end
end
return 0";

/// KEYS: the ten streams. ARGV: group, idle milliseconds. Removes consumers that are gone and hold nothing; one that
/// lives after all is made again by its next read. Gives how many were removed.
const FORGET: &str = "
local gone = 0
for p = 1, 10 do
  local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[p], ARGV[1])
  if not consumers.err then
    for _, flat in ipairs(consumers) do
      local consumer = {}
      for i = 1, #flat, 2 do consumer[flat[i]] = flat[i + 1] end
      if consumer.pending == 0 and consumer.idle > tonumber(ARGV[2]) then
        redis.call('XGROUP', 'DELCONSUMER', KEYS[p], ARGV[1], consumer.name)
        gone = gone + 1
      end
    end
  end
end
return gone";

/// KEYS: the ten streams, `lined`, `later`, its heads, its count. ARGV: group. Gives the jobs in streams and lines, those in
/// hand, those for later.
const DEPTH: &str = "
local all, held = tonumber(redis.call('GET', KEYS[11]) or 0), 0
for p = 1, 10 do
  all = all + redis.call('XLEN', KEYS[p])
  local pending = redis.pcall('XPENDING', KEYS[p], ARGV[1])
  if not pending.err then held = held + pending[1] end
end
return {all, held, redis.call('ZCARD', KEYS[12]) + tonumber(redis.call('GET', KEYS[14]) or 0)}";

/// KEYS: one stream. ARGV: a share, to ask for its jobs only. Gives the millisecond when the oldest job in it or in its
/// lines was handed in (empty: none). What moved from a line to the stream counts from then. A line is in the order of
/// arrival, and what was for later arrives a little after it was due, so more than its head is looked at.
const OLDEST: &str = "
local own = ARGV[1] and '.' .. ARGV[1]
local oldest
local from, step = '-', own and 500 or 1
repeat
  local entries = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', step)
  for _, entry in ipairs(entries) do
    if not own or string.sub(entry[2][2] or '', -#own) == own then
      oldest = tonumber(string.match(entry[1], '^%d+'))
      break
    end
    from = '(' .. entry[1]
  end
until oldest or #entries < step or step == 1
local shares = own and {ARGV[1]} or redis.call('LRANGE', KEYS[1] .. ':ring', 0, -1)
local look = math.max(1, math.floor(2000 / math.max(1, #shares)))
for _, share in ipairs(shares) do
  for _, job in ipairs(redis.call('LRANGE', KEYS[1] .. ':of:' .. share, 0, look - 1)) do
    local since = tonumber(string.match(job, '^%d+'))
    if since and (not oldest or since < oldest) then oldest = since end
  end
end
return oldest and string.format('%.0f', oldest) or ''";
