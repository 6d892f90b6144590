#!lua flags=allow-oom
--
-- Moves an entry that cannot be settled to PREFIX:dead, complete, with the reason. The move is done
-- inside Redis, so the daemon need not be able to hold the entry.
--
-- KEYS  stream dead stats
-- ARGV  group entry reason deliveries
--
-- Returns 1, or 0 when the entry was settled by another consumer or does not exist.

local DOING = 'moving an entry to dead'
-- include common.lua

local stream, dead, stats = unpack(KEYS)
local group, entry, reason, deliveries = unpack(ARGV)

-- Lua passes at most about 8,000 values to a call; further pairs go into one field as JSON.
local MOST = 7000

may('XACK', stream, group, entry)
may('XDEL', stream, entry)
may('XADD', dead, '*', 'id', '')
may('XDEL', dead, '0-1')
call('XLEN', dead)

local found = call('XRANGE', stream, entry, entry)
if #found == 0 then
	call('XACK', stream, group, entry)
	return 0
end

local own = { reason = true, entry = true, stream = true, deliveries = true }
local row = { 'reason', reason, 'entry', entry, 'stream', stream, 'deliveries', deliveries }
local fields = found[1][2]
for i = 1, math.min(#fields, MOST), 2 do
	row[#row + 1] = own[fields[i]] and 'submitted:' .. fields[i] or fields[i]
	row[#row + 1] = fields[i + 1]
end
if #fields > MOST then
	local rest = {}
	for i = MOST + 1, #fields do rest[#rest + 1] = fields[i] end
	row[#row + 1] = 'submitted:rest'
	row[#row + 1] = cjson.encode(rest)
end

-- XADD comes before XACK, since it fails when the stream `dead` is at its last possible id. XINFO
-- could tell that in advance, but reads the first and the last entry, which may be large.
local place = call('XADD', dead, '*', unpack(row))
if call('XACK', stream, group, entry) == 0 then
	call('XDEL', dead, place)
	return 0
end
call('XDEL', stream, entry)
redis.pcall('HINCRBY', stats, 'dead', 1)
return 1
