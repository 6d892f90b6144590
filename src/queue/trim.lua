#!lua flags=allow-oom
--
-- Removes from streams what is older than it is to be kept, up to the last entry. Settling trims
-- too, by whole nodes of a stream, so the last entries of a quiet stream would stay.
--
-- A long backlog goes node by node, some thousands of entries a call, so that no call takes long.
-- A stream that cannot be trimmed does not keep the others from it.
--
-- KEYS  streams
-- ARGV  the age for each, in ms
--
-- Returns how many entries were removed, and the first error or ''.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local removed, failure = 0, ''

local function trim(...)
	local count = redis.pcall('XTRIM', ...)
	if type(count) == 'number' then
		removed = removed + count
		return count
	end
	if failure == '' then failure = count.err end
end

for i, key in ipairs(KEYS) do
	local oldest = string.format('%.0f', math.max(0, now - ARGV[i]))
	if trim(key, 'MINID', '~', oldest) == 0 then trim(key, 'MINID', '=', oldest) end
end
return { removed, failure }
