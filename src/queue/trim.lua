#!lua flags=allow-oom
--
-- Removes the entries of a stream that are older than they are kept. Settling trims too, but only
-- whole nodes of a stream, so the last entries of a quiet stream would stay.
--
-- One call removes whole nodes, at most 100 times stream-node-max-entries (10,000 entries by
-- default), or the old entries of one node. So no call takes long.
--
-- KEYS  stream
-- ARGV  the age in ms
--
-- Returns how many entries were removed.

local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local oldest = string.format('%.0f', math.max(0, now - ARGV[1]))
local removed = call('XTRIM', KEYS[1], 'MINID', '~', oldest)
if removed == 0 then removed = call('XTRIM', KEYS[1], 'MINID', '=', oldest) end
return removed
