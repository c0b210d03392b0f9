#include <nlohmann/json.hpp>

#include "commands.h"
#include "edgewise/json.h"
#include "errors.h"
#include "measure/gpu/gpu.h"
#include "measure/kernels.h"
#include "measure/machine.h"
#include "measure/sensors.h"
#include "terminal.h"

namespace edgewise {

namespace {
using Json = nlohmann::ordered_json;
}

int run_probe(const ProbeRequest& r, std::ostream& out, std::ostream& err) {
  if (r.output == Output::csv) return refuse({{"format", "--format", "csv is not offered here; text or json"}}, err);
  const Machine machine = probe_machine(r.root);
  const Conditions conditions = probe_conditions(r.root);
  const auto sensors = find_power_sensors(r.root);
  std::string no_gpu;
  const std::vector<Gpu> gpus = list_gpus(no_gpu);
  if (r.output == Output::json) {
    Json vulkan = Json::array();
    for (const Gpu& g : gpus) vulkan.push_back(to_json(g));
    Json power = Json::array();
    for (const PowerSensor& s : sensors)
      power.push_back({{"name", s.name},
                       {"scope", to_string(s.scope)},
                       {"unusable", s.unusable.empty() ? Json(nullptr) : Json(s.unusable)}});
    std::string kernel = kernels::available().empty() ? "" : kernels::available().back()->name;
    out << to_text({{"machine", to_json(machine)},
                    {"conditions", to_json(conditions)},
                    {"power_sensors", power},
                    {"gpus", vulkan},
                    {"no_gpu", no_gpu.empty() ? Json(nullptr) : Json(no_gpu)},
                    {"kernels", kernel}},
                   2)
        << "\n";
    return done;
  }
  out << render_text(machine, conditions);
  out << "\nGPUs by Vulkan\n";
  if (gpus.empty()) out << "  " << harmless(no_gpu) << "\n";
  for (std::size_t i = 0; i < gpus.size(); ++i)
    out << "  " << i << "  " << harmless(gpus[i].name) << ", "
        << (gpus[i].type == "cpu" ? "the processor in software" : gpus[i].type)
        << (gpus[i].unusable.empty() ? "" : ": " + harmless(gpus[i].unusable)) << "\n";
  out << "\nPower sensors\n";
  if (sensors.empty()) out << "  none found; `edgewise measure --power-log` takes an outside meter's readings\n";
  for (const PowerSensor& s : sensors)
    out << "  " << harmless(s.name) << ", " << to_string(s.scope)
        << (s.unusable.empty() ? "" : ": " + harmless(s.unusable)) << "\n";
  return done;
}

}  // namespace edgewise
