-- What wrk sends comes from the environment; what it found goes out as the last line, as JSON.
for name, value in os.getenv("LOAD_HEADERS"):gmatch("([^:\n]+): ([^\n]*)") do
  wrk.headers[name] = value
end
local requests = {}
for body in os.getenv("LOAD_BODIES"):gmatch("[^\n]+") do
  wrk.headers["Content-Type"] = "application/json"
  requests[#requests + 1] = { body = body }
end

function init(arguments)
  for _, one in ipairs(requests) do
    one.text = wrk.format("POST", nil, nil, one.body)
  end
end

if #requests > 0 then
  local number = 0
  function request()
    number = number % #requests + 1
    return requests[number].text
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "microseconds": %d, "wrong": %d, "p99": %.1f}\n',
    summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(99)))
end
