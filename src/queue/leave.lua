#!lua flags=allow-oom
--
-- For a consumer that stops: removes it from its groups, except where it has entries pending. These
-- would then belong to no consumer.
--
-- KEYS  streams
-- ARGV  group consumer
--
-- Returns how many groups it was removed from.

local group, consumer = ARGV[1], ARGV[2]
local call = redis.call

local function may_leave(stream)
	for _, info in ipairs(call('XINFO', 'CONSUMERS', stream, group)) do
		local row = {}
		for i = 1, #info, 2 do row[info[i]] = info[i + 1] end
		if row.name == consumer then return row.pending == 0 end
	end
end

local count = 0
for _, stream in ipairs(KEYS) do
	if may_leave(stream) then
		call('XGROUP', 'DELCONSUMER', stream, group, consumer)
		count = count + 1
	end
end
return count
