#!lua flags=allow-oom
--
-- Gives the verdict of --hold-for to comments whose hold has expired. Each gets one verdict: only the
-- call that deletes the comment from PREFIX:held publishes.
--
-- KEYS  held verdicts rejected stats
-- ARGV  hold-ms verdict most keep-stats-ms approved
--
-- `most`: how many one call settles. `approved`: the stream of approved comments, empty where they
-- are not kept.
--
-- Returns how many were settled.

local DOING = 'settling expired holds'
-- include common.lua

local held, verdicts, rejected, stats = unpack(KEYS)
local hold, verdict, most, keep_stats, kept = tonumber(ARGV[1]), unpack(ARGV, 2, 5)

may('XRANGE', held, '-', '+')
may('XDEL', held, '0-1')
may('XADD', verdicts, '*', 'id', '')
may('HGET', rejected .. ':', 'held')
may('DEL', rejected .. ':')
may('HSET', rejected .. ':', 'id', '')
may('HDEL', rejected .. ':', 'id')
open_stream(verdicts)

local ours = { id = true, verdict = true, rules = true, reason = true, entry = true, ruleset = true,
	by = true, matches = true }

-- Keeps an approved comment under the id of its verdict, as settle.lua does.
local function keep_comment(verdict_id, comment, fields)
	if #fields > 2000 then return end -- more than the daemon writes
	local row = { 'id', comment.id, 'verdict', verdict, 'rules', '', 'reason', '', 'entry',
		comment.entry or '', 'ruleset', comment.ruleset or '', 'by', 'duyetd' }
	for i = 1, #fields, 2 do
		if not ours[fields[i]] then
			row[#row + 1], row[#row + 2] = fields[i], fields[i + 1]
		end
	end
	redis.pcall('XADD', kept, verdict_id, unpack(row))
end

local time = call('TIME')
local oldest = math.max(0, time[1] * 1000 + math.floor(time[2] / 1000) - hold)
local count, days = 0, {}
for _, row in ipairs(call('XRANGE', held, '-', string.format('%.0f', oldest), 'COUNT', most)) do
	local place, comment = row[1], {}
	for i = 1, #row[2], 2 do comment[row[2][i]] = row[2][i + 1] end
	local rejects = verdict == 'reject'
	call('XDEL', held, place)
	if comment.id then -- an entry that was not written by the daemon may have none
		local verdict_id = call('XADD', verdicts, '*', 'id', comment.id, 'verdict', verdict,
			'rules', rejects and comment.rules or '', 'reason', rejects and comment.reason or '',
			'entry', comment.entry or '', 'ruleset', comment.ruleset or '', 'by', 'duyetd')
		if not rejects and kept ~= '' then keep_comment(verdict_id, comment, row[2]) end
	end
	-- The record belongs to this entry, unless the comment was judged again since.
	local key = rejected .. ':' .. (comment.id or '')
	if redis.pcall('HGET', key, 'held') == place then
		if rejects then
			call('HSET', key, 'verdict', verdict, 'judged', 'hold')
			call('HDEL', key, 'held')
		else
			call('DEL', key)
		end
	end
	count = count + 1
	local day = day_of(string.match(place, '%d+') / 1000) -- on which it was held
	days[day] = (days[day] or 0) + 1
end
for day, number in pairs(days) do
	add_counts(stats, day, keep_stats, { ['held-too-long'] = number })
end
return count
