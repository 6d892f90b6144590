#!lua flags=allow-oom
--
-- Counts how often texts came, for rules of the kind repeat.
--
-- The key of a text that came once is a string, `TIME ID`: most texts come once, and then cost only
-- one command. From the second comment on it is a sorted set: their ids, by the time of their
-- entries. An id counts once, so an entry that is delivered again, or an edit that changes no
-- letter, adds nothing. The count of a new id includes all ids within the rule's time, before and
-- after its own. So several daemons may count entries in any order, and no more comments pass than
-- the rule allows. The count of a known id includes the ids up to its own: the same count as when
-- it was new, if the entries came in order.
--
-- The keys expire after the rule's time since the last new id, and have a limited number of ids.
--
-- KEYS  repeat
-- ARGV  N, N pairs for the rules: their time in ms, the most ids of a text
--       then for each text: the rule's index from 0, the text's key, the comment's id, the
--       entry's time
--
-- An entry's time is its milliseconds * 2048 + its number in that millisecond, below 2^53.
--
-- Returns a number for each text; -1 where its key was not written by this script.

local DOING = 'counting'
-- include common.lua

local pcall = redis.pcall
local base = KEYS[1] .. ':'
local rules = tonumber(ARGV[1])
local TICKS = 2048 -- a millisecond

may('SET', base, '', 'NX', 'GET', 'PX', '1')
may('DEL', base)
may('ZADD', base, 'NX', '1', '')
may('ZCARD', base)
may('ZSCORE', base, '')
may('ZCOUNT', base, '-inf', '+inf')
may('ZREMRANGEBYSCORE', base, '-inf', '0')
may('ZREMRANGEBYRANK', base, '0', '-1')
may('PEXPIRE', base, '1')

local function count_between(key, after, before)
	return call('ZCOUNT', key, string.format('(%.0f', after), string.format('(%.0f', before))
end

-- Returns the count of an id that was just added, or whose time has changed. Removes ids that are
-- too old or too many, and makes the key expire after the rule's time from now.
local function count_new(key, time, within, most)
	local span = within * TICKS
	call('PEXPIRE', key, within)
	call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', time - span))
	if call('ZCARD', key) > most then call('ZREMRANGEBYRANK', key, 0, -(most + 1)) end
	return count_between(key, time - span, time + span)
end

local function count_in_set(key, id, time, within, most)
	local added = pcall('ZADD', key, 'NX', time, id)
	if type(added) ~= 'number' then return -1 end
	if added == 1 then return count_new(key, tonumber(time), within, most) end
	local known = tonumber(call('ZSCORE', key, id))
	if tonumber(time) > known then -- an edit
		call('ZADD', key, 'XX', time, id)
		return count_new(key, tonumber(time), within, most)
	end
	return count_between(key, known - within * TICKS, known + 1)
end

local function count(key, id, time, within, most)
	local value = time .. ' ' .. id
	local old = pcall('SET', key, value, 'NX', 'GET', 'PX', within)
	if not old then return 1 end
	if type(old) == 'string' then
		local old_time, old_id = string.match(old, '^(%d+) (.*)$')
		if not old_id then return -1 end
		if old_id == id then
			if tonumber(time) > tonumber(old_time) then call('SET', key, value, 'PX', within) end
			return 1
		end
		call('DEL', key)
		call('ZADD', key, old_time, old_id)
	end
	return count_in_set(key, id, time, within, most)
end

local counts = {}
for at = 2 + 2 * rules, #ARGV, 4 do
	local rule = 2 + 2 * tonumber(ARGV[at])
	counts[#counts + 1] = count(base .. ARGV[at + 1], ARGV[at + 2], ARGV[at + 3],
		tonumber(ARGV[rule]), tonumber(ARGV[rule + 1]))
end
return counts
