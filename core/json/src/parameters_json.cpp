#include "edgewise/parameters_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace edgewise {

using Json = nlohmann::ordered_json;

double rounded4(double x) {
  // Below the smallest of these the scale itself would not be finite.
  if (!(std::fabs(x) >= 1e-290) || !std::isfinite(x)) return x;
  double scale = 1;
  while (std::fabs(x) * scale < 1000) scale *= 10;
  while (std::fabs(x) * scale >= 10000) scale /= 10;
  return std::round(x * scale) / scale;
}

Json parameters_json(const Parameters& p, const FormatTable& formats, const Parameters* base) {
  Json out = Json::object();
  const auto differs = [&](double x, double y) { return is_known(x) && (!base || rounded4(x) != rounded4(y)); };
  for (std::size_t i = 0; i < parameter_count; ++i)
    if (differs(p.value[i], base ? base->value[i] : 0))
      out[to_string(static_cast<Parameter>(i))] = rounded4(p.value[i]);
  const auto table = [&](const char* key, const auto& values, const auto* base_values) {
    Json t = Json::object();
    for (std::size_t f = 0; f < formats.size(); ++f)
      if (differs(values[f], base_values ? (*base_values)[f] : 0)) t[formats.formats()[f].id] = rounded4(values[f]);
    if (!t.empty()) out[key] = std::move(t);
  };
  table("decode_cost", p.decode_cost, base ? &base->decode_cost : nullptr);
  table("prefill_efficiency", p.prefill_efficiency, base ? &base->prefill_efficiency : nullptr);
  return out;
}

Json models_json(const std::vector<ModelSpeed>& models) {
  Json out = Json::array();
  for (const ModelSpeed& s : models) {
    Json model = {{"model", s.model}};
    if (is_known(s.weights)) model["weights"] = s.weights;
    if (is_known(s.decode)) model["decode"] = rounded4(s.decode);
    if (is_known(s.prefill)) model["prefill"] = rounded4(s.prefill);
    out.push_back(std::move(model));
  }
  return out;
}

}  // namespace edgewise
