// Presets enter in any order, and one that replaces another is followed by what refers to it.

#include "edgewise/catalog.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using namespace edgewise::test;
using Json = nlohmann::ordered_json;

namespace {

std::vector<std::string> all_texts() {
  std::vector<std::string> out = {read_file(source_path("presets/device-classes.json")),
                                  read_file(source_path("presets/launchers.json"))};
  for (const char* folder : {"quantizations", "runtimes", "calibrations", "models", "devices"})
    for (const auto& [name, text] : preset_texts(folder)) out.push_back(text);
  return out;
}

void add(Catalog& catalog, const std::string& text) {
  const auto id = add_preset(catalog, text);
  INFO((id ? std::string() : describe(id.errors())));
  REQUIRE(id);
}

std::string answered(const Catalog& catalog, const Query& q) {
  const auto a = answer(catalog, q);
  return a ? to_text(to_json(*a)) : describe(a.errors());
}

/// The answers to some questions, drawn the same each time.
std::vector<std::string> answers(const Catalog& catalog) {
  Random random(7);
  std::vector<std::string> devices, models, out;
  for (const auto& [id, device] : shipped().devices()) devices.push_back(id);
  for (const auto& [id, model] : shipped().models()) models.push_back(id);
  for (int i = 0; i < 60; ++i) {
    Query q;
    q.device = random.of(devices);
    q.model = random.of(models);
    out.push_back(answered(catalog, q));
  }
  return out;
}

Json formats() { return Json::parse(read_file(source_path("presets/quantizations/formats.json"))); }

double file_B(const Catalog& catalog, const char* model, const char* quant) {
  return summarize(*catalog.model(model), *catalog.quantization(quant), catalog.formats()).file_B;
}

Query pi() {
  Query q;
  q.device = "raspberry-pi-5-8gb";
  q.model = "llama-3.2-1b";
  q.runtime = "llama.cpp-cpu";
  q.quant = "Q4_0";
  return q;
}

}  // namespace

TEST_CASE("presets in any order give the same answers") {
  const std::vector<std::string> expected = answers(shipped());
  std::vector<std::string> texts = all_texts();
  Random random(3);
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = texts.size(); i > 1; --i) std::swap(texts[i - 1], texts[random.next() % i]);
    Catalog catalog;
    for (const std::string& text : texts) add(catalog, text);
    CHECK(answers(catalog) == expected);
  }
}

TEST_CASE("formats in another order change no size") {
  Catalog catalog = shipped();
  Json turned = formats();
  std::reverse(turned["formats"].begin(), turned["formats"].end());
  add(catalog, turned.dump());
  for (const auto& [id, recipe] : shipped().quantizations()) {
    INFO(id);
    const double before = file_B(shipped(), "llama-3.2-1b", id.c_str()),
                 after = file_B(catalog, "llama-3.2-1b", id.c_str());
    CHECK(before == after);
  }
  CHECK(answers(catalog) == answers(shipped()));
}

TEST_CASE("formats that are no longer defined make sizes unknown, and nothing else") {
  Catalog catalog = shipped();
  Json fewer = formats();
  for (std::size_t i = fewer["formats"].size(); i-- > 0;)
    if (const std::string id = fewer["formats"][i]["id"].get<std::string>(); id != "F32" && id != "F16" && id != "Q8_0")
      fewer["formats"].erase(i);
  add(catalog, fewer.dump());
  CHECK(std::isnan(file_B(catalog, "llama-3.2-1b", "Q4_K_M")));
  CHECK(file_B(catalog, "llama-3.2-1b", "Q8_0") == file_B(shipped(), "llama-3.2-1b", "Q8_0"));
  // And are known again when they are defined again.
  add(catalog, formats().dump());
  CHECK(file_B(catalog, "llama-3.2-1b", "Q4_K_M") == file_B(shipped(), "llama-3.2-1b", "Q4_K_M"));
  CHECK(answers(catalog) == answers(shipped()));
}

TEST_CASE("a format that gets another size is followed by every recipe") {
  Catalog catalog = shipped();
  Json larger = formats();
  for (Json& f : larger["formats"])
    if (f["id"] == "Q4_0") f["block_bytes"] = 36;
  add(catalog, larger.dump());
  CHECK(file_B(catalog, "llama-3.2-1b", "Q4_0") > 1.5 * file_B(shipped(), "llama-3.2-1b", "Q4_0"));
  CHECK(file_B(catalog, "llama-3.2-1b", "Q8_0") == file_B(shipped(), "llama-3.2-1b", "Q8_0"));
}

TEST_CASE("a runtime that is replaced keeps its calibrations; calibrations that are replaced count") {
  const auto with = [](const char* path, const std::function<void(Json&)>& change) {
    Json preset = Json::parse(read_file(source_path(std::string("presets/") + path)));
    change(preset);
    Catalog catalog = shipped();
    add(catalog, preset.dump());
    return catalog;
  };
  const std::string before = answered(shipped(), pi());
  CHECK(answered(with("runtimes/llama.cpp-cpu.json", [](Json&) {}), pi()) == before);

  Query other = pi();
  other.device = "orange-pi-5-16gb";
  const auto decode = [](const Catalog& catalog, const Query& q) {
    const auto a = answer(catalog, q);
    REQUIRE(a);
    return a->estimate[Term::decode_tok_s];
  };
  const Catalog slower = with("calibrations/llama.cpp-cpu.json", [](Json& x) {
    for (Json* list : {&x["classes"], &x["devices"]})
      for (Json& entry : *list) entry["parameters"]["bandwidth_share"] = 0.01;
    x["defaults"]["bandwidth_share"] = 0.01;
  });
  CHECK(decode(slower, pi()) < 0.1 * decode(shipped(), pi()));
  CHECK(decode(slower, other) < 0.1 * decode(shipped(), other));
  // A runtime read again does not bring the old ones back.
  Catalog again = slower;
  add(again, read_file(source_path("presets/runtimes/llama.cpp-cpu.json")));
  CHECK(decode(again, pi()) == decode(slower, pi()));
}

TEST_CASE("device classes that are replaced are followed by the devices that have no memory rule of their own") {
  Catalog catalog = shipped();
  Json classes = Json::parse(read_file(source_path("presets/device-classes.json")));
  for (Json& c : classes["classes"]) c["usable"] = {{"share", 0.25}};
  add(catalog, classes.dump());
  const Device& board = catalog.device("raspberry-pi-5-8gb")->device;
  CHECK(board.usable_memory_B() == 0.25 * board.memory_capacity_B);
  bool any_own = false;
  for (const auto& [id, preset] : catalog.devices()) {
    if (!preset.device.usable_is_own) continue;
    any_own = true;
    CHECK(preset.device.usable_memory_B() == shipped().device(id)->device.usable_memory_B());
  }
  CHECK(any_own);
}
