// Sensors that a vendor's library or program reads: a Raspberry Pi's power chip, NVIDIA's cards.
#include <dlfcn.h>

#include <cstdlib>
#include <map>
#include <sstream>
#include <type_traits>

#include "edgewise/json_text.h"
#include "machine.h"
#include "sensors.h"

namespace edgewise {

namespace {

namespace fs = std::filesystem;

/// Raspberry Pi 5 and what is built like it: the rails that its power chip makes.
void add_raspberry(const fs::path& root, std::vector<PowerSensor>& out) {
  if (root != "/" && first_line(root / "proc/device-tree/model").find("Raspberry Pi") == std::string::npos) return;
  const auto read = [] { return pmic_watts(output_of({"vcgencmd", "pmic_read_adc"})); };
  if (!is_known(read())) return;
  PowerSensor s;
  s.name = "PMIC rails (without USB, fan and what converters lose)";
  s.scope = Scope::module;
  s.watts = read;
  s.period_s = 0.5;
  out.push_back(std::move(s));
}

/// NVIDIA's management library, where the driver brought it: what each card draws. Names are those of nvml.h. False: it
/// is not there.
bool add_nvml(std::vector<PowerSensor>& out) {
  struct Nvml {
    using Handle = void*;
    int (*init)();
    int (*count)(unsigned*);
    int (*handle)(unsigned, Handle*);
    int (*name)(Handle, char*, unsigned);
    int (*power_mw)(Handle, unsigned*);
  } nvml;
#ifdef EDGEWISE_STATIC
  void* library = nullptr;
#else
  void* library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);  // kept until the end
#endif
  if (!library) return false;
  const auto find = [&](auto& function, const char* symbol) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, symbol));
    return function != nullptr;
  };
  unsigned cards = 0;
  if (!find(nvml.init, "nvmlInit_v2") || !find(nvml.count, "nvmlDeviceGetCount_v2") ||
      !find(nvml.handle, "nvmlDeviceGetHandleByIndex_v2") || !find(nvml.name, "nvmlDeviceGetName") ||
      !find(nvml.power_mw, "nvmlDeviceGetPowerUsage") || nvml.init() != 0 || nvml.count(&cards) != 0)
    return false;
  for (unsigned i = 0; i < cards; ++i) {
    Nvml::Handle card = nullptr;
    char name[96] = "";
    unsigned mw = 0;
    if (nvml.handle(i, &card) != 0) continue;
    PowerSensor s;
    s.name = nvml.name(card, name, sizeof name) == 0 ? name : "NVIDIA card";
    s.scope = Scope::gpu;
    if (nvml.power_mw(card, &mw) != 0) s.unusable = "the card does not say what it draws";
    s.watts = [card, read = nvml.power_mw] {
      unsigned now_mw = 0;
      return read(card, &now_mw) == 0 ? now_mw / 1e3 : unknown;
    };
    out.push_back(std::move(s));
  }
  return true;
}

/// "INDEX, NAME, WATTS", a card on each line; "[N/A]" where it does not say.
void add_nvidia_smi(std::vector<PowerSensor>& out) {
  std::istringstream lines(
      output_of({"nvidia-smi", "--query-gpu=index,name,power.draw", "--format=csv,noheader,nounits"}));
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(", "), last = line.rfind(", ");
    if (first == std::string::npos || first == last) continue;
    const std::string index = line.substr(0, first);
    PowerSensor s;
    s.name = line.substr(first + 2, last - first - 2);
    s.scope = Scope::gpu;
    if (!is_known(parse_number(line.substr(last + 2)))) s.unusable = "the card does not say what it draws";
    s.watts = [index] {
      const std::string watts =
          output_of({"nvidia-smi", "-i", index, "--query-gpu=power.draw", "--format=csv,noheader,nounits"});
      return parse_number(watts.substr(0, watts.find('\n')));
    };
    s.period_s = 1;
    out.push_back(std::move(s));
  }
}

}  // namespace

double pmic_watts(const std::string& text) {
  std::map<std::string, double> amperes, volts;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string name, reading;
    words >> name >> reading;
    const auto equals = reading.find('=');
    if (name.size() < 3 || equals == std::string::npos) continue;
    const double x = std::strtod(reading.c_str() + equals + 1, nullptr);
    const std::string rail = name.substr(0, name.size() - 2);
    if (name.compare(name.size() - 2, 2, "_A") == 0) amperes[rail] = x;
    if (name.compare(name.size() - 2, 2, "_V") == 0) volts[rail] = x;
  }
  double sum = 0, rails = 0;
  for (const auto& [rail, a] : amperes)
    if (const auto v = volts.find(rail); v != volts.end()) {
      sum += a * v->second;
      rails += 1;
    }
  return rails > 0 ? sum : unknown;
}

void add_program_sensors(const fs::path& root, std::vector<PowerSensor>& out) {
  add_raspberry(root, out);
  std::error_code ignored;
  // Another root is another machine, of which only what its tree shows may be asked.
  if (root == "/" ? !add_nvml(out) : fs::exists(root / "proc/driver/nvidia/version", ignored)) add_nvidia_smi(out);
}

}  // namespace edgewise
