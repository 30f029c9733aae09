-- Posts one body; a new hookInstance for each call, as an EHR does.
local file = io.open(os.getenv("BODY"))
local body = file:read("*a")
file:close()
local count = 0
local start = os.time() % 0xffffff
request = function()
  count = count + 1
  local instance = string.format("%08x-%04x-4000-8000-%012x", start, count % 0x10000, count)
  local text = body:gsub('("hookInstance"%s*:%s*")[^"]*', "%1" .. instance, 1)
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, text)
end
