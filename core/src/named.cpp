#include "edgewise/named.h"

#include "unknown_name.h"

namespace edgewise {

Result<Query> resolve_names(const Catalog& catalog, const Query& asked) {
  Query q = asked;
  Errors errors;
  const auto resolve = [&](const char* what, std::string& name, const Catalog::Meant& meant) {
    if (!name.empty() && meant.id.empty()) errors.push_back(no_preset(what, name, meant));
    name = meant.id;
  };
  const Catalog::Meant named = catalog.model_meant(q.model);
  resolve("model", q.model, named);
  resolve("device", q.device, catalog.device_meant(q.device));
  if (q.quant.empty()) q.quant = named.quant;
  const DevicePreset* on = catalog.device(q.device);
  if (!q.runtime.empty() && !catalog.launcher(q.runtime))
    resolve("runtime", q.runtime, catalog.runtime_meant(q.runtime, on ? &on->device : nullptr));
  if (!q.quant.empty() && !catalog.names_quantization(q.quant))
    errors.push_back(unknown_id("quant", "quant", q.quant, catalog.nearest_quantizations(q.quant)));
  if (!errors.empty()) return errors;
  return q;
}

}  // namespace edgewise
