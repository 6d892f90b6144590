#!lua flags=no-writes,allow-oom
--
-- How much waits, for /metrics: what is submitted and not settled, what of it is handed out,
-- when the oldest was submitted, what is held.
--
-- KEYS  submitted held
-- ARGV  group
--
-- Returns the numbers of entries submitted, pending and held, and the oldest's age in ms, -1
-- where there is none.

local submitted, held = KEYS[1], KEYS[2]
local call = redis.call
local oldest = call('XRANGE', submitted, '-', '+', 'COUNT', 1)[1]
local pending = redis.pcall('XPENDING', submitted, ARGV[1])
local time = call('TIME')
local age = -1
if oldest then
	age = time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(string.match(oldest[1], '^%d+'))
end
return { call('XLEN', submitted), pending.err and 0 or pending[1], call('XLEN', held), age }
