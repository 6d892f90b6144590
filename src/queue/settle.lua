#!lua flags=allow-oom
--
-- Settles a batch of judged entries: all at once, and each entry once.
--
-- An entry is ours if our acknowledgement is the one that counted. All entries are acknowledged in
-- one call. If its reply is the size of the batch, all are ours. Otherwise another consumer has
-- settled some, and deleted them in the same script: those that can still be deleted are ours.
--
-- A script is not a transaction: after an error its earlier writes remain. So everything that can
-- fail (types, permissions, a stream at its last id, the arguments) is checked before the first
-- write, if the caller asks for it by `check`. It asks when something may have changed, and once a
-- second, but not each time: the checks take half the time of a single comment. Without them:
--
-- - If all entries are ours, they are settled in order, each with its verdict last, and then deleted.
--   After an error the entries before the failed one are deleted. The failed one and those after it
--   are acknowledged, but still in the stream. When the caller repeats the call, XACK counts fewer
--   than the batch, so they are settled as below. What follows a verdict must not fail (deleting,
--   replies), so that is always checked.
-- - If some are not ours, each entry is deleted before it is settled. So everything is checked after
--   the acknowledgement and before the next write.
--
-- Redis checks memory once, before a script. With allow-oom a full Redis can be drained: settling
-- frees more memory than it needs.
--
-- Redis refuses a script unless the user may use all of KEYS. So keys that judging can do without are
-- among the arguments.
--
-- KEYS  submitted verdicts rejected held
-- ARGV  watched reply stats group ruleset keep-ms keep-rejected-ms keep-stats-ms keep-approved-ms
--       approved reply-ms check day begins ends successor N
--       N entry ids, N comment ids,
--       then for each that is more than a plain approval, in their order:
--       index verdict rules reason matches reply watch-rules watch-matches F,
--       F names and values
--
-- `approved`: the stream of approved comments, empty where they are not kept.
-- `check`, and `reply` of an entry: 1 for yes, empty for no.
-- `day`: the UTC day by the caller's clock, as 2026-11-27; it begins and ends at these times, in ms.
-- `successor`: the id after the last entry if the batch was consecutive in the stream when it was
-- read, else empty. Entries are only added at the end. So such a batch at the front of the stream
-- can be trimmed in one command, which costs a tenth of deleting each entry.
--
-- Returns the number of entries settled, or {number, first error} if counts, watched hits or
-- approved comments could not be stored.

local submitted, verdicts, rejected, held = unpack(KEYS)
local watched, reply, stats, group, ruleset, keep, keep_rejected, keep_stats, keep_approved, kept,
	keep_reply, check, day, begins, ends, successor, count = unpack(ARGV, 1, 17)
local HEAD, RECORD = 17, 9
local call, pcall, ARGV = redis.call, redis.pcall, ARGV -- a local is found faster
local prefix = rejected .. ':'
count = tonumber(count)
local SPECIALS = HEAD + 2 * count + 1
local held_now = pcall('XLEN', held)
local holding = type(held_now) == 'number' and held_now > 0

-- A single plain approval, the most frequent batch while there is no backlog, is settled here. The
-- functions and tables that the rest of this script creates would cost as much as its commands. The
-- id of the verdict tells the day, without a call of TIME.
local entry, id = ARGV[HEAD + 1], ARGV[HEAD + 2]
local alone = count == 1 and #ARGV < SPECIALS and check == ''
	and redis.acl_check_cmd('XDEL', submitted, '0-1') and redis.acl_check_cmd('DEL', prefix)
local place = alone and holding and pcall('HGET', prefix .. id, 'held')
if place then alone = type(place) == 'string' and redis.acl_check_cmd('XDEL', held, place) end
alone = alone and pcall('XACK', submitted, group, entry) == 1
if alone then
	local at = call('XADD', verdicts, '*', 'id', id, 'verdict', 'approve', 'rules', '', 'reason', '',
		'entry', entry, 'ruleset', ruleset, 'by', 'duyetd')
	if place then pcall('XDEL', held, place) end
	call('DEL', prefix .. id)
	call('XDEL', submitted, entry)
	if at >= begins and at < ends then
		local sum, daily = pcall('HINCRBY', stats, 'approve', 1), stats .. ':' .. day
		if pcall('HINCRBY', daily, 'approve', 1) == 1 then pcall('PEXPIRE', daily, keep_stats) end
		return type(sum) == 'number' and 1 or { 1, sum.err .. ' (HINCRBY ' .. stats .. ')' }
	end
end

local DOING = 'settling'
-- include common.lua

local FEW = 4 -- up to this number, XDEL costs no more than XTRIM
local MOST_REPLIES = 10 -- kept in a list that nobody reads
local time = pcall('TIME')
if time.err then
	if alone then return { 1, time.err .. ' (TIME)' } end
	error(time)
end
local today = day_of(time[1])

if alone then
	local failure = add_count(stats, stats .. ':' .. today, keep_stats, 'approve', 1)
	return failure and { 1, failure } or 1
end

-- Before the first write.

may('XDEL', submitted, '0-1')
may('DEL', prefix)

local function may_drop_place()
	may('HGET', prefix, 'held')
	may('XDEL', held, '0-1')
end

if holding then may_drop_place() end

-- A comment that is judged again loses its entry in PREFIX:held.
local function drop_place(key)
	local place = pcall('HGET', key, 'held')
	if type(place) == 'string' then pcall('XDEL', held, place) end
end

if count > FEW then
	may('XRANGE', submitted, '-', '+')
	may('XTRIM', submitted, 'MINID', '0-1')
end

local at, rejects, holds, watches, replies = SPECIALS, false, false, false, false
while at <= #ARGV do
	rejects = rejects or ARGV[at + 1] ~= 'approve'
	holds = holds or ARGV[at + 1] == 'hold'
	replies = replies or ARGV[at + 5] == '1'
	watches = watches or ARGV[at + 6] ~= ''
	at = at + RECORD + 2 * tonumber(ARGV[at + RECORD - 1])
end
if at ~= #ARGV + 1 then
	return redis.error_reply('ERR settle: the arguments do not add up')
end
if holds then may_drop_place() end
if replies then
	may('DEL', reply .. ':')
	may('RPUSH', reply .. ':', '')
	may('PEXPIRE', reply .. ':', '1')
end

local function check_all()
	may('XACK', submitted, group, '0-1')
	may('XADD', verdicts, '*', 'id', '')
	may('XTRIM', verdicts, 'MINID', '0-1')
	length_of(submitted)
	open_stream(verdicts)
	if rejects then
		may('XADD', rejected, '*', 'id', '')
		may('XTRIM', rejected, 'MINID', '0-1')
		may('HSET', prefix, 'id', '')
		may('PEXPIRE', prefix, '1')
		open_stream(rejected)
	end
	if holds then
		may('XADD', held, '*', 'id', '')
		open_stream(held)
	end
end

if check ~= '' then check_all() end
local acknowledged = pcall('XACK', submitted, group, unpack(ARGV, HEAD + 1, HEAD + count))
local all = acknowledged == count
-- If XACK failed, check_all() raises an error that names what Redis refuses.
if not all and check == '' then check_all() end
if type(acknowledged) == 'table' then error(acknowledged) end

-- From here on, an error of counts, watched hits, approved comments or trimming does not stop the
-- script.

local not_kept

local function try(command, key, ...)
	local reply = pcall(command, key, ...)
	if type(reply) == 'table' and reply.err and not not_kept then
		not_kept = reply.err .. ' (' .. command .. ' ' .. key .. ')'
	end
end

local counts, held_counts = {}, {}
local ruled, held_by, watched_by = {}, {}, {} -- numbers by lists of rules

local function add(counts, name, number)
	counts[name] = (counts[name] or 0) + number
end

local function add_rules(counts, kind, by_names)
	for names, number in pairs(by_names) do
		for rule in string.gmatch(names, '[^,]+') do add(counts, kind .. rule, number) end
	end
end

-- Keys of records to be deleted by one DEL, at the latest before the next record is written. Most do
-- not exist, and calling DEL for each takes longer than looking them up.
local dropped, drops = {}, 0

local function drop_record(key)
	if holding then drop_place(key) end
	drops = drops + 1
	dropped[drops] = key
end

local function drop_now()
	if drops > 0 then call('DEL', unpack(dropped, 1, drops)) end
	drops = 0
end

local row, held_row -- ids of a record whose verdict is not published yet

local function record(key, verdict, ...)
	drop_record(key)
	drop_now()
	row = call('XADD', rejected, '*', ...)
	if verdict == 'hold' then
		held_row = call('XADD', held, '*', ...)
		holding = true
		call('HSET', key, 'judged-on', today, 'held', held_row, ...)
	else
		call('HSET', key, 'judged-on', today, ...)
	end
	call('PEXPIRE', key, keep_rejected)
end

local function answer(id, verdict, rules, reason, entry)
	local key, quote = reply .. ':' .. id, cjson.encode
	local json = '{"id":' .. quote(id) .. ',"verdict":' .. quote(verdict)
		.. ',"rules":' .. quote(rules) .. ',"reason":' .. quote(reason)
		.. ',"entry":' .. quote(entry) .. ',"ruleset":' .. quote(ruleset) .. ',"by":"duyetd"}'
	local length = pcall('RPUSH', key, json)
	if type(length) ~= 'number' then
		call('DEL', key) -- the key has another type
		call('RPUSH', key, json)
	elseif length > MOST_REPLIES and redis.acl_check_cmd('LTRIM', key, '0', '-1') then
		-- A Redis user made for an earlier version lacks this right: its lists grow until they
		-- expire.
		call('LTRIM', key, -MOST_REPLIES, -1)
	end
	call('PEXPIRE', key, keep_reply)
end

-- Keeps an approved comment under the id of its verdict, by which review.lua finds it. If the
-- stream of verdicts was deleted, its new ids may be too low for the stream of approved comments.
-- Then the comment gets an id of its own.
local function keep_comment(verdict_id, ...)
	if type(pcall('XADD', kept, verdict_id, ...)) == 'table' then try('XADD', kept, '*', ...) end
end

-- Settles an entry that is not a plain approval; `at` is where its arguments begin.
local function settle(id, entry, at)
	local verdict, rules, reason, matches, wants_reply, watch, watch_matches, fields =
		unpack(ARGV, at + 1, at + 8)
	local first, last = at + RECORD, at + RECORD - 1 + 2 * tonumber(fields)
	if verdict ~= 'approve' then
		record(prefix .. id, verdict, 'id', id, 'verdict', verdict, 'rules', rules, 'reason', reason,
			'entry', entry, 'ruleset', ruleset, 'by', 'duyetd', 'matches', matches, unpack(ARGV, first, last))
	end
	local verdict_id = call('XADD', verdicts, '*', 'id', id, 'verdict', verdict, 'rules', rules,
		'reason', reason, 'entry', entry, 'ruleset', ruleset, 'by', 'duyetd')
	row, held_row = nil, nil
	if verdict == 'approve' then
		drop_record(prefix .. id)
		if kept ~= '' then
			keep_comment(verdict_id, 'id', id, 'verdict', verdict, 'rules', '', 'reason', '', 'entry', entry,
				'ruleset', ruleset, 'by', 'duyetd', unpack(ARGV, first, last))
		end
	end
	if wants_reply == '1' then answer(id, verdict, rules, reason, entry) end
	if watch ~= '' then
		try('XADD', watched, '*', 'id', id, 'rules', watch, 'entry', entry, 'ruleset', ruleset,
			'matches', watch_matches, unpack(ARGV, first, last))
		add(watched_by, watch, 1)
	end
	add(counts, verdict, 1)
	add(ruled, rules, 1)
	if verdict == 'hold' then add(held_by, rules, 1) end
end

local ours, approved, done = 0, 0, 0

local function settle_each()
	local at = SPECIALS
	local special = tonumber(ARGV[at]) -- index of the entry that the next arguments belong to
	for i = 1, count do
		local entry, id = ARGV[HEAD + i], ARGV[HEAD + count + i]
		local is_ours = all or call('XDEL', submitted, entry) == 1
		if i == special then
			if is_ours then settle(id, entry, at) end
			at = at + RECORD + 2 * tonumber(ARGV[at + RECORD - 1])
			special = tonumber(ARGV[at])
		elseif is_ours then
			call('XADD', verdicts, '*', 'id', id, 'verdict', 'approve', 'rules', '', 'reason', '',
				'entry', entry, 'ruleset', ruleset, 'by', 'duyetd')
			drop_record(prefix .. id)
			approved = approved + 1
		end
		if is_ours then ours = ours + 1 end
		done = i
	end
end

local whole, failure = _G.pcall(settle_each)

if row then pcall('XDEL', rejected, row) end
if held_row then pcall('XDEL', held, held_row) end
drop_now()
if all and whole and successor ~= '' and count > FEW
	and #call('XRANGE', submitted, '-', '(' .. ARGV[HEAD + 1], 'COUNT', 1) == 0 then
	call('XTRIM', submitted, 'MINID', successor)
elseif all and done > 0 then
	call('XDEL', submitted, unpack(ARGV, HEAD + 1, HEAD + done))
end

-- Once a batch: counts. With `check`, or for more than FEW entries, also trims by age.

add_rules(counts, 'rule:', ruled)
add_rules(counts, 'watch:', watched_by)
add_rules(held_counts, 'held:', held_by)
if approved > 0 then add(counts, 'approve', approved) end
local not_counted = add_counts(stats, today, keep_stats, counts, held_counts)
not_kept = not_kept or not_counted
-- Redis 7.0 raises strings, later servers tables.
if not whole then error(type(failure) == 'table' and failure or { err = failure }) end

local function trim(key, age)
	local now = time[1] * 1000 + math.floor(time[2] / 1000)
	try('XTRIM', key, 'MINID', '~', string.format('%.0f', math.max(0, now - age)))
end

if check ~= '' or count > FEW then
	trim(verdicts, keep)
	if rejects then trim(rejected, keep_rejected) end
	if watches then trim(watched, keep_rejected) end
	if kept ~= '' then trim(kept, keep_approved) end
end

return not_kept and { ours, not_kept } or ours
