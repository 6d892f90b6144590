#!lua flags=allow-oom
--
-- Finds orphans: entries that were delivered and that no consumer holds any more, because their
-- consumer was deleted or somebody acknowledged them by hand. Gives them to the consumer `orphans`
-- with a long idle time, so that the next claim of idle entries takes them.
--
-- Also finds entries with a delivery time in the future: Redis's clock was set back since. Nobody
-- could claim them until then. Their delivery time is set to now.
--
-- Removes consumers that have nothing pending and have not read for a day, if this user may: those
-- whose names change at each start (in containers) would accumulate.
--
-- Settled entries are deleted, so each entry up to the last delivered id is pending or an orphan.
-- One call looks at one page of them.
--
-- KEYS  stream verdicts; the second only so that a Cluster that has the keys in several slots
--       refuses at once, and not when the first comment is settled
-- ARGV  group from until; `until` is empty the first time: the script then uses the last
--       delivered id
--
-- Returns where to continue, empty at the end; where the search ends; and how many were found.

local stream, group, from, delivered = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local call = redis.call
local PAGE, MOST_PENDING, DAY = 100, 10000, 86400000

local function last_delivered()
	for _, info in ipairs(call('XINFO', 'GROUPS', stream)) do
		local row = {}
		for i = 1, #info, 2 do row[info[i]] = info[i + 1] end
		if row.name == group then return row['last-delivered-id'] end
	end
	error({ err = 'NOGROUP no group ' .. group })
end

local function remove_idle_consumers()
	if not redis.acl_check_cmd('XINFO', 'CONSUMERS', stream, group)
		or not redis.acl_check_cmd('XGROUP', 'DELCONSUMER', stream, group, 'x') then
		return
	end
	for _, info in ipairs(call('XINFO', 'CONSUMERS', stream, group)) do
		local row = {}
		for i = 1, #info, 2 do row[info[i]] = info[i + 1] end
		if row.pending == 0 and row.idle >= DAY then
			call('XGROUP', 'DELCONSUMER', stream, group, row.name)
		end
	end
end

if delivered == '' then
	delivered = last_delivered()
	remove_idle_consumers()
end

local page = call('XRANGE', stream, from, delivered, 'COUNT', PAGE)
if #page == 0 then return { '', delivered, 0 } end

local first, last = page[1][1], page[#page][1]
local pending = {}
for _, row in ipairs(call('XPENDING', stream, group, first, last, MOST_PENDING)) do
	pending[row[1]] = row
end
local found = 0
for _, entry in ipairs(page) do
	local row = pending[entry[1]]
	if not row then
		call('XCLAIM', stream, group, 'orphans', 0, entry[1], 'IDLE', DAY, 'FORCE', 'JUSTID')
		found = found + 1
	elseif row[3] == 0 then -- an idle time of 0: delivered now, or in the future
		call('XCLAIM', stream, group, row[2], 0, entry[1], 'JUSTID')
	end
end
return { #page == PAGE and '(' .. last or '', delivered, found }
