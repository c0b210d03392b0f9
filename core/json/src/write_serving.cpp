
#include "edgewise/json.h"
#include "write.h"

namespace edgewise {

using json::Json;
using json::number;

namespace {

Json ranged(const Ranged& r, const char* unit) {
  Json out = Json::object();
  out["value"] = number(r.value);
  out["low"] = number(r.low);
  out["high"] = number(r.high);
  out["unit"] = unit;
  return out;
}

}  // namespace

Result<ServingQuery> parse_serving_query(std::string_view query_json, std::string_view load_json) {
  ServingQuery q;
  auto query = parse_query(query_json);
  if (!query) return query.errors();
  q.query = std::move(*query);
  const auto parsed = json::parse_strict(load_json);
  if (!parsed) return parsed.errors();
  Errors errors;
  json::Reader r(*parsed, "", errors, json::Reading::question);
  if (r) {
    const auto read = [&](const char* key, double& to) { to = r.number(key, -json::any_number, json::any_number, to); };
    read("rate", q.arrivals.rate_per_s);
    read("prompt_cv2", q.arrivals.prompt_cv2);
    read("generate_cv2", q.arrivals.generate_cv2);
    read("slots", q.slots);
    read("ttft_p95", q.promise.ttft_p95_s);
    read("tpot_p95", q.promise.tpot_p95_s);
    r.finish();
  }
  if (!errors.empty()) return errors;
  return q;
}

Json to_json(const Serving& s) {
  Json out = Json::object(), asked = Json::object(), server = Json::object();
  for (const auto& [key, x] : {std::pair("rate", s.asked.arrivals.rate_per_s),
                               {"prompt_cv2", s.asked.arrivals.prompt_cv2},
                               {"generate_cv2", s.asked.arrivals.generate_cv2},
                               {"slots", s.asked.slots},
                               {"ttft_p95", s.asked.promise.ttft_p95_s},
                               {"tpot_p95", s.asked.promise.tpot_p95_s}})
    if (is_known(x)) asked[key] = x;
  out["load"] = asked;
  server["scheduling"] = to_string(s.server.scheduling);
  server["step_s"] = s.server.step_s;
  server["prefill_s"] = s.server.prefill_s;
  server["prompt_s"] = s.server.prompt_s;
  server["prompt_budget"] = s.server.prompt_budget;
  out["server"] = server;
  out["stable"] = is_known(s.asked.arrivals.rate_per_s) ? Json(s.service.stable) : Json(nullptr);
  out["waiting_share"] = number(s.service.waiting);
  out["utilisation"] = ranged(s.utilisation, "");
  out["mean_batch"] = ranged(s.mean_batch, "");
  out["ttft_p50_s"] = ranged(s.ttft_p50_s, "s");
  out["ttft_p95_s"] = ranged(s.ttft_p95_s, "s");
  out["tpot_p50_s"] = ranged(s.tpot_p50_s, "s");
  out["tpot_p95_s"] = ranged(s.tpot_p95_s, "s");
  out["throughput_tok_s"] = ranged(s.throughput_tok_s, "tok/s");
  out["capacity_per_s"] = ranged(s.capacity_per_s, "1/s");
  out["largest_rate_per_s"] = ranged(s.largest_rate, "1/s");
  out["answer"] = to_json(s.answer);
  return out;
}

}  // namespace edgewise
