#!lua flags=allow-oom
--
-- Removes from a stream what is older than it is to be kept, up to the last entry. Settling trims
-- too, by whole nodes of a stream, so the last entries of a quiet stream would stay.
--
-- A long backlog goes node by node, some thousands of entries a call, so that no call takes long.
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
