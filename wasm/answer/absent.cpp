// What the first half leaves to the others: it is linked with these in the place of known.cpp, corrected.cpp,
// drafting.cpp, speculation.cpp, edits.cpp, device_names.cpp, model_names.cpp and likeliest.cpp, and of the readers of
// what no page brings. Where one of them is needed the choice says so, and the page asks a larger half.

#include "corrected.h"
#include "drafting.h"
#include "edgewise/edits.h"
#include "edgewise/json.h"
#include "edgewise/levers_json.h"
#include "edgewise/speculation.h"
#include "names.h"
#include "parse.h"

namespace edgewise {

Result<std::vector<KnownNumber>> parse_known(const std::vector<std::string>&) {
  return Error{"not_here", "known", "numbers of the board are read by the larger engine"};
}
std::string to_text(const KnownNumber&) { return {}; }
Corrected corrected(const Catalog&, const Query&, const Answer&, const Parameters&, const std::vector<KnownNumber>&) {
  return {};
}
Errors known_warnings(const Answer&) { return {}; }

Result<std::vector<AskedEdit>> parse_edits(const std::vector<std::string>&) {
  return Error{"not_here", "set", "devices are edited by the larger engine"};
}
Errors apply_edits(Device&, const std::vector<AskedEdit>&) { return {}; }
json::Json edited_json(const Device&) { return nullptr; }
std::string value_text(const EditableField&, double) { return {}; }
const EditableField* find_editable(std::string_view) { return nullptr; }
std::size_t find_word(const EditableField&, std::string_view) { return 0; }
bool edits_speed_of(const Device&, Processor) { return false; }
bool edits_power_of(const Device&) { return false; }

// What drafts is chosen where the runs are that tell how much of it is accepted.
Drafting drafting(const Catalog&, const Answer&) {
  Drafting none;
  none.errors.push_back({"not_here", "draft_model", "drafts are chosen by the larger engine"});
  return none;
}
SpeculativeStep speculate(const ModelCost&, const Rates&, double, double, double, double, double) { return {}; }

// Published scores: a page brings them later.
json::Json quality_json(const Answer&) { return nullptr; }

// Ids alone are known: another name means nothing here.
std::vector<std::string> devices_meant(const NamesOf&, NamesRead<DeviceName>&, std::string_view) { return {}; }
std::vector<std::string> likeliest(const NamesOf&, std::string_view, const Words&, const std::vector<std::string>&,
                                   std::size_t) {
  return {};
}
ModelMeant models_meant(const NamesOf&, NamesRead<ModelName>&, std::string_view, const IsQuant&) { return {}; }

// No page brings them.
Study json::parse_study(Reader&) { return {}; }
std::vector<Launcher> json::parse_launchers(Reader&) { return {}; }
std::vector<SpeculativeRun> json::parse_speculation(Reader&) { return {}; }

}  // namespace edgewise
