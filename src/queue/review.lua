#!lua flags=allow-oom
--
-- Publishes a person's decision on a comment, once: only if this call's acknowledgement of the
-- review counted. What can fail is checked before the first write, as in settle.lua.
--
-- The earlier verdict is in the comment's record if it was rejected or held. An approved comment
-- has no record, only its verdict in the stream, and a stream has no index by comment id. Then the
-- script returns LOOK. The caller searches the verdicts from the newest, a page at a time. It calls
-- again with what it found and with the newest id at the start of its search. The script searches
-- what was published since then; if that is much, it returns LOOK again. What the record had before
-- a person approved the comment, the reason too, is in PREFIX:reviewed, under the id of the verdict.
--
-- KEYS  review verdicts rejected held reviewed stats
-- ARGV  group entry id verdict by note reason text about only-if via keep-rejected-ms
--       keep-stats-ms approved since, then what was found, if anything: its id, verdict
--       rules reason entry ruleset by
--
-- `about`: the entry whose text the person has seen, or empty. `only-if`: empty, or duyetd: decide
-- only while the current verdict is the daemon's own. `via`: the program that sent the review.
-- `approved`: the stream of approved comments, empty where they are not kept. `since`: the newest id
-- at the start of the search, empty before it.
--
-- Returns one of: DONE; SAME: a person has made this decision already, and a rejection brings no
-- other reason; LOST: another consumer settled the review; LOOK; EDITED: the comment has a newer
-- text; UNKNOWN: no such comment; FOREIGN: the record was not written by the daemon. With only-if
-- these three are UNCHANGED, and so is a comment that a person has decided on.

local DOING = 'reviewing'
-- include common.lua

local review, verdicts, rejected, held, reviewed, stats = unpack(KEYS)
local group, entry, id, verdict, by, note, reason, text, about, only_if, via = unpack(ARGV, 1, 11)
local keep_rejected, keep_stats, kept, since = unpack(ARGV, 12, 15)
local FOUND, MOST_SINCE = 15, 500
-- More than any record of the daemon has: 256 KiB of the submission's fields, the verdict, matches.
local MOST_FIELDS, MOST_BYTES = 1000, 2097152
local key = rejected .. ':' .. id

may('XACK', review, group, entry)
may('XDEL', review, entry)
may('XADD', verdicts, '*', 'id', '')
may('XADD', rejected, '*', 'id', '')
may('XADD', reviewed, '*', 'id', '')
may('XTRIM', reviewed, 'MINID', '0-1')
may('XDEL', held, entry)
may('DEL', key)
may('HLEN', key)
may('HGETALL', key)
may('HSET', key, 'id', '')
may('PEXPIRE', key, '1')
open_stream(verdicts)
open_stream(rejected)
open_stream(reviewed)

-- The earlier verdict.

local function as_table(pairs_list)
	local row = {}
	for i = 1, #pairs_list, 2 do row[pairs_list[i]] = pairs_list[i + 1] end
	return row
end

local function published_since()
	local newer = call('XREVRANGE', verdicts, '+', '(' .. since, 'COUNT', MOST_SINCE)
	for _, row in ipairs(newer) do
		local fields = as_table(row[2])
		if fields.id == id then
			fields.at = row[1]
			return fields
		end
	end
	return nil, #newer == MOST_SINCE
end

local function is_foreign()
	local fields = redis.pcall('HLEN', key)
	if type(fields) == 'number' then return fields > MOST_FIELDS end
	if not string.find(fields.err, '^WRONGTYPE') then error(fields) end
	return true
end

-- A large record would become an entry of several streams. XINFO, which open_stream calls, returns
-- the first and the last entry of a stream with all their bytes.
local function is_large(row)
	local bytes = 0
	for name, value in pairs(row) do bytes = bytes + #name + #value end
	return bytes > MOST_BYTES
end

-- Nothing can be decided. The caller moves the review to PREFIX:dead, unless it has only-if.
local function refuse(answer)
	if only_if == '' then return answer end
	if call('XACK', review, group, entry) == 0 then return 'LOST' end
	call('XDEL', review, entry)
	return 'UNCHANGED'
end

if is_foreign() then return refuse('FOREIGN') end
local old = as_table(call('HGETALL', key))
if is_large(old) then return refuse('FOREIGN') end
local has_record = next(old) ~= nil
if not has_record then
	-- `replay --apply` may send an approval twice. After the first the comment has no record, and a
	-- search for each of many comments would take hours.
	if only_if ~= '' and verdict == 'approve' then return refuse('UNKNOWN') end
	if since == '' then return 'LOOK' end
	local newer, too_many = published_since()
	if too_many then return 'LOOK' end
	old = newer
	if not old and ARGV[FOUND + 1] then
		old = { at = ARGV[FOUND + 1], verdict = ARGV[FOUND + 2], rules = ARGV[FOUND + 3],
			reason = ARGV[FOUND + 4], entry = ARGV[FOUND + 5], ruleset = ARGV[FOUND + 6], by = ARGV[FOUND + 7] }
	end
	if not old then return refuse('UNKNOWN') end
end
if about ~= '' and old.entry ~= about then return refuse('EDITED') end
if only_if ~= '' and old.by ~= only_if then return refuse('SAME') end
local corrected = verdict == 'reject' and reason ~= '' and reason ~= old.reason
local same = old.verdict == verdict and old.by ~= 'duyetd' and not corrected

-- Returns the fields of the comment's entry at `at` in the stream, or nil if there is none.
local function entry_at(stream, at)
	local rows = at and redis.pcall('XRANGE', stream, at, at)
	local row = rows and rows[1] and rows[1][2]
	local fields = row and #row <= 2 * MOST_FIELDS and as_table(row)
	if fields and fields.id == id and not is_large(fields) then return fields end
end

local comment = has_record and old or (kept ~= '' and entry_at(kept, old.at)) or nil
if not has_record and old.by ~= 'duyetd' then
	local removed = entry_at(reviewed, old.at)
	if removed then
		for _, name in ipairs({ 'rules', 'matches', 'judged', 'judged-on' }) do old[name] = removed[name] end
		if old.verdict == 'approve' then old.reason = removed.reason end
		comment = comment or removed.text and removed
	end
end
local judged = old.judged or (old.by == 'duyetd' and old.verdict) or ''

-- From here on nothing fails.

if call('XACK', review, group, entry) == 0 then return 'LOST' end
call('XDEL', review, entry)
if same then return 'SAME' end

local rules = verdict == 'approve' and '' or old.rules or ''
if verdict == 'approve' then reason = '' elseif reason == '' then reason = old.reason or '' end
local rejection_reason = verdict == 'reject' and reason or old.reason or ''
local head = { 'id', id, 'verdict', verdict, 'rules', rules, 'reason', reason,
	'entry', old.entry or '', 'ruleset', old.ruleset or '', 'by', by }
local verdict_id = call('XADD', verdicts, '*', unpack(head))

-- The site's own fields, the text first. If the text is not kept, the review may contain it.
local ours = { id = true, verdict = true, rules = true, reason = true, entry = true, ruleset = true,
	by = true, matches = true, held = true, note = true, judged = true, via = true,
	['judged-on'] = true }
local own = {}
if comment then
	local names = {}
	for name in pairs(comment) do
		if not ours[name] then names[#names + 1] = name end
	end
	table.sort(names, function(a, b)
		if (a == 'text') ~= (b == 'text') then return a == 'text' end
		return a < b
	end)
	for _, name in ipairs(names) do
		own[#own + 1] = name
		own[#own + 1] = comment[name]
	end
elseif text ~= '' then
	own = { 'text', text }
end

local function row(...)
	local fields = { ... }
	for _, value in ipairs(own) do fields[#fields + 1] = value end
	return fields
end

local time = call('TIME')
local day = string.match(old['judged-on'] or '', '^%d+%-%d+%-%d+$') or day_of(time[1])

-- Its id is that of the verdict. If the stream of verdicts was deleted, that may be too low.
local labelled = row('id', id, 'verdict', verdict, 'by', by, 'note', note, 'judged', judged,
	'judged-on', day, 'rules', old.rules or '', 'reason', rejection_reason, 'matches',
	old.matches or '', 'entry', old.entry or '', 'ruleset', old.ruleset or '',
	unpack(via ~= '' and { 'via', via } or {}))
if type(redis.pcall('XADD', reviewed, verdict_id, unpack(labelled))) == 'table' then
	call('XADD', reviewed, '*', unpack(labelled))
end

if old.held then redis.pcall('XDEL', held, old.held) end
if verdict == 'approve' then
	call('DEL', key)
	if kept ~= '' then redis.pcall('XADD', kept, verdict_id, unpack(row(unpack(head)))) end
else
	local fields = row(unpack(head))
	fields[#fields + 1] = 'matches'
	fields[#fields + 1] = old.matches or ''
	if old.verdict ~= 'reject' then call('XADD', rejected, '*', unpack(fields)) end
	for _, value in ipairs({ 'judged', judged, 'judged-on', day }) do fields[#fields + 1] = value end
	call('DEL', key)
	call('HSET', key, unpack(fields))
	call('PEXPIRE', key, keep_rejected)
end

local oldest = math.max(0, time[1] * 1000 - tonumber(keep_rejected))
call('XTRIM', reviewed, 'MINID', '~', string.format('%.0f', oldest))

-- The present decision of people on a verdict of the rules is counted: an earlier one is withdrawn.
local counts, by_rule = { reviewed = 1 }, {}

local function add(numbers, name, number)
	local sum = (numbers[name] or 0) + number
	numbers[name] = sum ~= 0 and sum or nil
end

local function count(decision, number)
	local kind
	if judged == 'hold' then
		add(counts, 'held-decided', number)
		kind = decision == 'approve' and 'held-approved:' or 'held-rejected:'
	elseif judged ~= decision then
		add(counts, 'overturned', number)
		kind = decision == 'approve' and 'overturned:'
	end
	for rule in string.gmatch(kind and old.rules or '', '[^,]+') do add(by_rule, kind .. rule, number) end
end

if judged ~= '' then
	if old.by ~= 'duyetd' then count(old.verdict, -1) end
	count(verdict, 1)
end
add_counts(stats, day, keep_stats, counts, by_rule)
return 'DONE'
