#!lua flags=allow-oom
--
-- Settles what has been held for longer than anybody looked at it: the verdict that the
-- option names, once for each, since only who deletes it from the held publishes.
--
-- KEYS  held verdicts rejected stats
-- ARGV  hold-ms verdict most
--
-- Returns how many were settled.

local DOING = 'settling the held'
-- include common.lua

local held, verdicts, rejected, stats = unpack(KEYS)
local hold, verdict, most = tonumber(ARGV[1]), ARGV[2], ARGV[3]

may('XDEL', held, '0-1')
may('XADD', verdicts, '*', 'id', '')
may('DEL', rejected .. ':')
may('HSET', rejected .. ':', 'id', '')
may('HDEL', rejected .. ':', 'id')
may('HINCRBY', stats, 'dead', '1')
call('XLEN', verdicts)
call('HLEN', stats)

local time = call('TIME')
local oldest = math.max(0, time[1] * 1000 + math.floor(time[2] / 1000) - hold)
local count = 0
for _, row in ipairs(call('XRANGE', held, '-', string.format('%.0f', oldest), 'COUNT', most)) do
	local place, comment = row[1], {}
	for i = 1, #row[2], 2 do comment[row[2][i]] = row[2][i + 1] end
	local rejects = verdict == 'reject'
	call('XDEL', held, place)
	call('XADD', verdicts, '*', 'id', comment.id, 'verdict', verdict,
		'rules', rejects and comment.rules or '', 'reason', rejects and comment.reason or '',
		'entry', comment.entry, 'ruleset', comment.ruleset, 'by', 'duyetd')
	-- The record is this one's, unless the comment was judged anew since.
	local key = rejected .. ':' .. comment.id
	if redis.pcall('HGET', key, 'held') == place then
		if rejects then
			call('HSET', key, 'verdict', verdict, 'judged', 'hold')
			call('HDEL', key, 'held')
		else
			call('DEL', key)
		end
	end
	count = count + 1
end
if count > 0 then
	redis.pcall('HINCRBY', stats, 'held-too-long', count)
end
return count
