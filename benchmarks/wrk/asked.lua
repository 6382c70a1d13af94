-- Sends the requests that are in a file, as they are there, in turn: wrk -s asked.lua URL -- FILE
-- Between two requests in the file there is a zero byte. Where one entry holds several requests, they are pipelined.

local asked = {}
local turn = 0

local function in_turn()
  turn = turn % #asked + 1
  return asked[turn]
end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  for entry in (file:read("*a") .. "\0"):gmatch("(.-)%z") do
    asked[#asked + 1] = entry
  end
  file:close()
  -- A single request is made once by wrk itself, which costs it less than to ask for one each time.
  wrk.format = function() return asked[1] end
  if #asked > 1 then
    request = in_turn
  end
end
