-- Posts the request of BODY for patients of 0 to PATIENTS - 1, one after the other in a scattered order, each
-- call with a new hookInstance. With PAUSE each connection waits so many milliseconds between its calls.
local file = io.open(os.getenv("BODY"))
local body = file:read("*a")
file:close()
local patients = tonumber(os.getenv("PATIENTS"))
local pause = tonumber(os.getenv("PAUSE") or "0")
local parts, marks, at = {}, {}, 1
while true do
  local from, to, mark = body:find("@(%u+)@", at)
  if not from then break end
  parts[#parts + 1] = body:sub(at, from - 1)
  marks[#marks + 1] = mark
  at = to + 1
end
local rest = body:sub(at)
local count = 0
local start = os.time() % 0xffffff
request = function()
  count = count + 1
  local patient = string.format("bench-%08d", (count * 7919) % patients)
  local instance = string.format("%08x-%04x-4000-8000-%012x", start, count % 0x10000, count)
  local text = {}
  for i = 1, #parts do
    text[#text + 1] = parts[i]
    text[#text + 1] = marks[i] == "PATIENT" and patient or instance
  end
  text[#text + 1] = rest
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, table.concat(text))
end
if pause > 0 then
  delay = function() return pause end
end
