-- What several scripts need. The build puts it in the place of a script's line
-- `-- include common.lua`; a line before that says what the script does: local DOING = '…'

local call = redis.call

-- Raises NOPERM when this user may not run the command.
local function may(...)
	if not redis.acl_check_cmd(...) then
		error({ err = 'NOPERM ' .. DOING .. ' needs ' .. table.concat({ ... }, ' ', 1, 2) })
	end
end

-- Raises an error when the stream has no id left to give. A stream that does not exist is fine.
local function open_stream(key)
	if call('XLEN', key) == 0 then return end
	local info = call('XINFO', 'STREAM', key)
	for i = 1, #info, 2 do
		if info[i] == 'last-generated-id' and string.find(info[i + 1], '^18446744073709551615') then
			error({ err = 'ERR ' .. key .. ' is at its last id: rename or delete it' })
		end
	end
end
