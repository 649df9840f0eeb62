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
    pub keep: Script,
    pub leave: Script,
    pub forget: Script,
    pub depth: Script,
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
            keep: Script::new(KEEP),
            leave: Script::new(LEAVE),
            forget: Script::new(FORGET),
            depth: Script::new(DEPTH),
        }
    }
}

/// KEYS: the ten streams. ARGV: capacity, then members (a digit for the priority, then the stored work).
/// Gives the number of members taken, from the first on.
const PUSH: &str = "
local room = tonumber(ARGV[1])
for p = 1, 10 do room = room - redis.call('XLEN', KEYS[p]) end
local taken = math.max(0, math.min(room, #ARGV - 1))
for i = 2, taken + 1 do
  local member = ARGV[i]
  redis.call('XADD', KEYS[string.byte(member) - 47], '*', 'j', string.sub(member, 2))
end
return taken";

/// KEYS: the sorted set. ARGV: capacity, then pairs of due time and member. Gives the number not taken.
const PUSH_AT: &str = "
local room = tonumber(ARGV[1]) - redis.call('ZCARD', KEYS[1])
local refused = 0
for i = 2, #ARGV, 2 do
  if room > 0 then
    room = room - redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1])
  elseif redis.call('ZSCORE', KEYS[1], ARGV[i + 1]) then
    redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1])
  else
    refused = refused + 1
  end
end
return refused";

/// KEYS: the ten streams, the sorted set. ARGV: now, how many at most, capacity.
/// Gives how many were moved, and when the next is due (empty: none).
const PROMOTE: &str = "
local due = redis.call('ZRANGEBYSCORE', KEYS[11], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local moved = 0
if #due > 0 then
  local room = tonumber(ARGV[3])
  for p = 1, 10 do room = room - redis.call('XLEN', KEYS[p]) end
  moved = math.max(0, math.min(room, #due))
  for i = 1, moved do
    redis.call('XADD', KEYS[string.byte(due[i]) - 47], '*', 'j', string.sub(due[i], 2))
  end
  if moved > 0 then redis.call('ZREM', KEYS[11], unpack(due, 1, moved)) end
end
local first = redis.call('ZRANGE', KEYS[11], 0, 0, 'WITHSCORES')
return {moved, first[2] or ''}";

/// KEYS: the ten streams. ARGV: group, consumer, how many at most, `>` for new jobs or `0` for what the consumer holds.
/// Makes the group where it is missing. Gives priority, entry id and stored work of each job, one after another.
const FETCH: &str = "
local want = tonumber(ARGV[3])
local out = {}
for p = 1, 10 do
  if want <= 0 then break end
  local function read()
    return redis.pcall('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', want, 'STREAMS', KEYS[p], ARGV[4])
  end
  local got = read()
  if got and got.err and string.find(got.err, 'NOGROUP') then
    redis.call('XGROUP', 'CREATE', KEYS[p], ARGV[1], '0', 'MKSTREAM')
    got = read()
  end
  if got and got.err then return redis.error_reply(got.err) end
  if got and got[1] then
    for _, entry in ipairs(got[1][2]) do
      if entry[2] then
        out[#out + 1] = p - 1
        out[#out + 1] = entry[1]
        out[#out + 1] = entry[2][2] or ''
        want = want - 1
      end
    end
  end
end
return out";

/// KEYS: the ten streams. ARGV: group, consumer, least idle milliseconds, how many at most. Takes over what its consumer
/// has not kept. Gives the same as FETCH.
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

/// KEYS: the ten streams, the sorted set. ARGV: group. Gives the jobs in the streams, those in hand, those for later.
const DEPTH: &str = "
local all, held = 0, 0
for p = 1, 10 do
  all = all + redis.call('XLEN', KEYS[p])
  local pending = redis.pcall('XPENDING', KEYS[p], ARGV[1])
  if not pending.err then held = held + pending[1] end
end
return {all, held, redis.call('ZCARD', KEYS[11])}";
