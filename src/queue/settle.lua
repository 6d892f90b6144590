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
-- write. One check is left out, since it would add a fifth to the time of a single comment: whether
-- the verdicts' stream is at its last id. In that case the first XADD fails after the
-- acknowledgement only; the next try finds the entries acknowledged, and checks.
-- Redis checks memory once, before a script. With allow-oom a full Redis can be drained: settling
-- frees more memory than it needs.
--
-- KEYS  submitted verdicts rejected held watched reply stats
-- ARGV  group ruleset keep-ms keep-rejected-ms keep-stats-ms reply-ms successor N
--       N entry ids, N comment ids,
--       then for each that is more than a plain approval, in their order:
--       index verdict rules reason matches reply(1|) watch-rules watch-matches F,
--       F names and values
--
-- `successor`: the id after the last entry if the batch was consecutive in the stream when it was
-- read, else empty. Entries are only added at the end, so such a batch at the front of the stream
-- can be trimmed in one command, which costs a tenth of deleting each entry.
--
-- Returns how many were ours; where counts or watched hits could not be kept, with the first error
-- behind it.

local DOING = 'settling'
-- include common.lua

local submitted, verdicts, rejected, held, watched, reply, stats = unpack(KEYS)
local group, ruleset = ARGV[1], ARGV[2]
local keep, keep_rejected, keep_stats = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local keep_reply, successor = ARGV[6], ARGV[7]
local count = tonumber(ARGV[8])
local HEAD, RECORD = 8, 9
local FEW = 4 -- so few are deleted one by one at the same cost
local MOST_REPLIES = 10 -- kept in a list that nobody reads
local ARGV = ARGV -- a local is found faster

-- Before the first write.

local at, rejects, holds, watches, replies = HEAD + 2 * count + 1, false, false, false, false
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

may('XACK', submitted, group, '0-1')
may('XDEL', submitted, '0-1')
may('XTRIM', submitted, 'MINID', '0-1')
may('XADD', verdicts, '*', 'id', '')
may('XTRIM', verdicts, 'MINID', '0-1')
may('DEL', rejected .. ':')
call('XLEN', submitted)
call('XLEN', verdicts)
local held_now = redis.pcall('XLEN', held)
local holding = type(held_now) == 'number' and held_now > 0
if rejects then
	may('XADD', rejected, '*', 'id', '')
	may('XTRIM', rejected, 'MINID', '0-1')
	may('HSET', rejected .. ':', 'id', '')
	may('PEXPIRE', rejected .. ':', '1')
	open_stream(rejected)
end
if holds then
	may('XADD', held, '*', 'id', '')
	open_stream(held)
end
if holding or holds then
	may('HGET', rejected .. ':', 'held')
	may('XDEL', held, '0-1')
end
if replies then
	may('DEL', reply .. ':')
	may('RPUSH', reply .. ':', '')
	may('PEXPIRE', reply .. ':', '1')
end

-- A Redis user made for an earlier version lacks this right: its lists grow until they expire.
local may_trim_replies = replies and redis.acl_check_cmd('LTRIM', reply .. ':', '0', '-1')

-- From here on nothing fails but what only counts or watches: that stops nothing.

local not_kept

local function try(command, key, ...)
	local reply = redis.pcall(command, key, ...)
	if type(reply) == 'table' and reply.err and not not_kept then
		not_kept = reply.err .. ' (' .. command .. ' ' .. key .. ')'
	end
end

local all = call('XACK', submitted, group, unpack(ARGV, HEAD + 1, HEAD + count)) == count
if not all then open_stream(verdicts) end
local time = call('TIME')
local today = day_of(time[1])
local counts, held_counts = {}, {}

local function add_count(counts, name)
	counts[name] = (counts[name] or 0) + 1
end

local function count_rules(counts, kind, rules)
	for rule in string.gmatch(rules, '[^,]+') do add_count(counts, kind .. rule) end
end

-- A comment that is judged again loses its record, and its entry in PREFIX:held. (One DEL for a
-- whole batch takes longer: the list of keys costs more than the calls.)
local function drop_record(key)
	if holding then
		local place = redis.pcall('HGET', key, 'held')
		if type(place) == 'string' then redis.pcall('XDEL', held, place) end
	end
	call('DEL', key)
end

local function record(id, fields, holds)
	local key = rejected .. ':' .. id
	drop_record(key)
	call('XADD', rejected, '*', unpack(fields))
	if holds then
		fields[#fields + 1] = 'held'
		fields[#fields + 1] = call('XADD', held, '*', unpack(fields, 1, #fields - 1))
		holding = true
	end
	fields[#fields + 1] = 'judged-on'
	fields[#fields + 1] = today
	call('HSET', key, unpack(fields))
	call('PEXPIRE', key, keep_rejected)
end

local function answer(id, verdict, rules, reason, entry)
	local key, quote = reply .. ':' .. id, cjson.encode
	local json = '{"id":' .. quote(id) .. ',"verdict":' .. quote(verdict)
		.. ',"rules":' .. quote(rules) .. ',"reason":' .. quote(reason)
		.. ',"entry":' .. quote(entry) .. ',"ruleset":' .. quote(ruleset) .. ',"by":"duyetd"}'
	local length = redis.pcall('RPUSH', key, json)
	if type(length) ~= 'number' then
		call('DEL', key) -- the key has another type
		call('RPUSH', key, json)
	elseif length > MOST_REPLIES and may_trim_replies then
		call('LTRIM', key, -MOST_REPLIES, -1)
	end
	call('PEXPIRE', key, keep_reply)
end

local function publish(id, verdict, rules, reason, entry)
	local added = redis.pcall('XADD', verdicts, '*', 'id', id, 'verdict', verdict, 'rules', rules,
		'reason', reason, 'entry', entry, 'ruleset', ruleset, 'by', 'duyetd')
	if type(added) == 'table' then
		open_stream(verdicts) -- its message is clearer
		error(added)
	end
end

-- Settles an entry that is not a plain approval; `at` is where its arguments begin.
local function settle(id, entry, at)
	local verdict, rules, reason, matches, wants_reply, watch, watch_matches, fields =
		unpack(ARGV, at + 1, at + 8)
	local last = at + RECORD - 1 + 2 * tonumber(fields)
	publish(id, verdict, rules, reason, entry)
	add_count(counts, verdict)
	count_rules(counts, 'rule:', rules)
	if verdict == 'hold' then count_rules(held_counts, 'held:', rules) end
	if verdict == 'approve' then
		drop_record(rejected .. ':' .. id)
	else
		local row = { 'id', id, 'verdict', verdict, 'rules', rules, 'reason', reason, 'entry', entry,
			'ruleset', ruleset, 'by', 'duyetd', 'matches', matches }
		for i = at + RECORD, last do row[#row + 1] = ARGV[i] end
		record(id, row, verdict == 'hold')
	end
	if watch ~= '' then
		count_rules(counts, 'watch:', watch)
		try('XADD', watched, '*', 'id', id, 'rules', watch, 'entry', entry, 'ruleset', ruleset,
			'matches', watch_matches, unpack(ARGV, at + RECORD, last))
	end
	if wants_reply == '1' then answer(id, verdict, rules, reason, entry) end
end

local ours, approved = 0, 0
at = HEAD + 2 * count + 1
local upcoming = tonumber(ARGV[at]) -- index of the entry that the next arguments belong to
for i = 1, count do
	local entry, id = ARGV[HEAD + i], ARGV[HEAD + count + i]
	local special
	if i == upcoming then
		special = at
		at = at + RECORD + 2 * tonumber(ARGV[at + RECORD - 1])
		upcoming = tonumber(ARGV[at])
	end
	if all or call('XDEL', submitted, entry) == 1 then
		ours = ours + 1
		if special then
			settle(id, entry, special)
		else
			publish(id, 'approve', '', '', entry)
			approved = approved + 1
			drop_record(rejected .. ':' .. id)
		end
	end
end

if all then
	local first = ARGV[HEAD + 1]
	if successor ~= '' and count > FEW and #call('XRANGE', submitted, '-', '(' .. first, 'COUNT', 1) == 0 then
		call('XTRIM', submitted, 'MINID', successor)
	else
		call('XDEL', submitted, unpack(ARGV, HEAD + 1, HEAD + count))
	end
end

-- Once a batch: trim by age, count.

local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function trim(key, age)
	try('XTRIM', key, 'MINID', '~', string.format('%.0f', math.max(0, now - age)))
end

trim(verdicts, keep)
if rejects then trim(rejected, keep_rejected) end
if watches then trim(watched, keep_rejected) end
if approved > 0 then counts.approve = (counts.approve or 0) + approved end
local not_counted = add_counts(stats, today, keep_stats, counts, held_counts)
not_kept = not_kept or not_counted

return not_kept and { ours, not_kept } or ours
