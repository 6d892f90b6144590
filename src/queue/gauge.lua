#!lua flags=no-writes,allow-oom
--
-- Gauges for /metrics: entries in a stream, entries that are pending, the age of the oldest entry,
-- held comments, and the age of the oldest of those.
--
-- KEYS  stream [held]
-- ARGV  group
--
-- Returns five numbers: entries in the stream, pending entries, held comments, and the ages in ms
-- of the oldest entry and of the oldest held comment (-1: there is none). If `held` is no stream,
-- the number of held comments is -1; judging and the other gauges do not depend on it.

local stream, held = KEYS[1], KEYS[2]
local call = redis.call
local pending = redis.pcall('XPENDING', stream, ARGV[1])
local time = call('TIME')

local function age(key)
	local oldest = call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
	if not oldest then return -1 end
	return time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(string.match(oldest[1], '^%d+'))
end

local held_now = held and redis.pcall('XLEN', held) or 0
if type(held_now) ~= 'number' then held, held_now = nil, -1 end

return {
	call('XLEN', stream), pending.err and 0 or pending[1], held_now,
	age(stream), held and age(held) or -1,
}
