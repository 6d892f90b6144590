-- Functions for several scripts. The build inserts this file at a script's line
-- `-- include common.lua`. A line before it names the work for messages: local DOING = '…'

local call = redis.call

-- Raises NOPERM when this user may not run the command.
local function may(...)
	if not redis.acl_check_cmd(...) then
		error({ err = 'NOPERM ' .. DOING .. ' needs ' .. table.concat({ ... }, ' ', 1, 2) })
	end
end

-- The UTC day of a time in seconds, as 2026-11-27: Hinnant's civil_from_days. `a - a % b` divides
-- by b exactly, without a call of math.floor.
local function day_of(seconds)
	local days = (seconds - seconds % 86400) / 86400 + 719468 -- since 0000-03-01
	local in_era = days % 146097
	local leap_days = in_era / 1460 - in_era / 1460 % 1 - (in_era / 36524 - in_era / 36524 % 1)
		+ (in_era / 146096 - in_era / 146096 % 1)
	local in_years = in_era - leap_days
	local year = (in_years - in_years % 365) / 365
	local in_year = in_era - 365 * year - (year - year % 4) / 4 + (year - year % 100) / 100
	local month = (5 * in_year + 2 - (5 * in_year + 2) % 153) / 153 -- 0 is March
	local before = 153 * month + 2 -- the days before it, times 5
	year = year + (days - in_era) / 146097 * 400
	if month >= 10 then month, year = month - 12, year + 1 end
	return string.format('%04d-%02d-%02d', year, month + 3, in_year - (before - before % 5) / 5 + 1)
end

-- Adds a number to a field and returns the sum, or an error. A sum below 0 is removed: what is
-- withdrawn was in a key that has expired or was deleted since.
local function add_to(key, name, number)
	local sum = redis.pcall('HINCRBY', key, name, number)
	if type(sum) == 'number' and sum < 0 then redis.pcall('HDEL', key, name) end
	return sum
end

-- Adds a number to a total and to that of a day, which is kept for `keep` ms. When Redis refuses
-- one of the two, that one is not counted, and the script continues. Returns the error for the
-- total, if any.
local function add_count(stats, daily, keep, name, number)
	local sum, failure = add_to(stats, name, number), nil
	if type(sum) ~= 'number' then failure = sum.err .. ' (HINCRBY ' .. stats .. ')' end
	sum = add_to(daily, name, number)
	if sum == number then redis.pcall('PEXPIRE', daily, keep) end -- a new field, or a new key
	return failure
end

-- The same for `counts`, numbers by name; `daily`, if any, is for the day alone.
local function add_counts(stats, day, keep, counts, daily)
	local key, failure = stats .. ':' .. day, nil
	for name, number in pairs(counts) do
		failure = add_count(stats, key, keep, name, number) or failure
	end
	for name, number in pairs(daily or {}) do
		if add_to(key, name, number) == number then redis.pcall('PEXPIRE', key, keep) end
	end
	return failure
end

-- The number of entries of a stream. The error for a key of another type names the key.
local function length_of(key)
	local length = redis.pcall('XLEN', key)
	if type(length) ~= 'number' then error({ err = length.err .. ' (' .. key .. ')' }) end
	return length
end

-- Raises an error when the last id of the stream has the highest possible time: such a stream soon
-- has no ids left for new entries. An emptied stream has a last id too.
local function open_stream(key)
	local length, info = length_of(key), redis.pcall('XINFO', 'STREAM', key)
	if info.err and length == 0 then return end -- it does not exist
	if info.err then error(info) end
	for i = 1, #info, 2 do
		if info[i] == 'last-generated-id' and string.find(info[i + 1], '^18446744073709551615') then
			error({ err = 'ERR ' .. key .. ' is at its last id: rename or delete it' })
		end
	end
end
