#!lua flags=allow-oom
--
-- Settles what has been held for longer than anybody looked at it: the verdict that the
-- option names, once for each, since only who deletes it from the held publishes.
--
-- KEYS  held verdicts rejected stats
-- ARGV  hold-ms verdict most
--
-- Returns how many were settled.

local held, verdicts, rejected, stats = unpack(KEYS)
local hold, verdict, most = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local call = redis.call

for _, command in ipairs({ { 'XDEL', held, '0-1' }, { 'XADD', verdicts, '*', 'id', '' },
	{ 'DEL', rejected .. ':' }, { 'HSET', rejected .. ':', 'id', '' },
	{ 'HDEL', rejected .. ':', 'id' }, { 'HINCRBY', stats, 'dead', '1' } }) do
	if not redis.acl_check_cmd(unpack(command)) then
		return redis.error_reply('NOPERM settling the held needs ' .. command[1] .. ' ' .. command[2])
	end
end
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
