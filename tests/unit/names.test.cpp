// What people type, and what the preset's own names are, against the presets that there are.

#include "edgewise/names.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "edgewise/answer.h"
#include "edgewise/text.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using namespace edgewise::test;
using Json = nlohmann::ordered_json;
using Meant = Catalog::Meant;

namespace {

Meant meant(const Catalog& catalog, const std::string& kind, const std::string& typed) {
  return kind == "model"    ? catalog.model_meant(typed)
         : kind == "device" ? catalog.device_meant(typed)
                            : catalog.runtime_meant(typed);
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

/// Every name of a preset by itself, in its words; "" where it has none of that key.
std::vector<std::string> names_of(const Json& preset) {
  std::vector<std::string> out = {preset["id"].get<std::string>(), preset["name"].get<std::string>()};
  for (const Json& alias : preset.value("aliases", Json::array())) out.push_back(alias.get<std::string>());
  if (preset.contains("hf_repo")) out.push_back(preset["hf_repo"].get<std::string>());
  return out;
}

/// A catalog that has these names, and nothing else.
Catalog devices(std::initializer_list<std::pair<const char*, const char*>> names) {
  Catalog out;
  for (const auto& [id, name] : names) out.add_device_names(id, {name});
  return out;
}

std::string asked(const Query& q) {
  const auto a = answer(shipped(), q);
  return a ? a->query.model + " " + a->query.device + " " + a->query.runtime + " " + a->query.quant
           : describe(a.errors());
}

Query query(const char* model, const char* device) {
  Query q;
  q.model = model;
  q.device = device;
  return q;
}

}  // namespace

TEST_CASE("names as people type them") {
  const auto rows = read_csv(source_path("tests/data/names.csv"));
  CHECK(rows.size() >= 150);
  for (const auto& row : rows) {
    const std::string typed = row.at("typed");
    const Meant m = meant(shipped(), row.at("kind"), typed);
    INFO(row.at("kind") << " " << typed << ": " << m.id << " [" << m.quant << "] " << listed(m.near));
    CHECK(m.id == row.at("id"));
    CHECK(m.quant == row.at("quant"));
    CHECK((m.several > 0) == (row.at("several") == "several"));
    for (const std::string& near : words(row.at("near")))
      CHECK(std::find(m.near.begin(), m.near.end(), near) != m.near.end());
  }
}

// Every eighth preset: `edgewise check` holds the names of all, and interpreters of other processors are slow.
TEST_CASE("every name of every preset means that preset") {
  std::size_t i = 0;
  for (const char* folder : {"models", "devices"})
    for (const auto& [file, text] : preset_texts(folder)) {
      if (++i % 8 != 0) continue;
      const Json preset = Json::parse(text);
      for (const std::string& name : names_of(preset)) {
        const Meant m = meant(shipped(), std::string(folder) == "models" ? "model" : "device", name);
        INFO(file << ": " << name << " means " << m.id << listed(m.near));
        CHECK(m.id == preset["id"].get<std::string>());
      }
    }
  for (const auto& [id, runtime] : shipped().runtimes()) {
    CHECK(shipped().runtime_meant(id).id == id);
    CHECK(shipped().runtime_meant(runtime.name).id == id);
    CHECK(shipped().runtime_meant(upper(id)).id == id);
  }
}

TEST_CASE("a suggestion is near, one of five at most, and never what was typed") {
  std::size_t i = 0;
  for (const char* folder : {"models", "devices"})
    for (const auto& [file, text] : preset_texts(folder)) {
      if (++i % 8 != 0) continue;
      for (const std::string& typed : {file + "x", "x" + file, file.substr(0, file.size() / 2), file.substr(1)}) {
        const bool model = std::string(folder) == "models";
        const Meant m = meant(shipped(), model ? "model" : "device", typed);
        INFO(typed << ": " << listed(m.near));
        CHECK(m.near.size() <= 5);
        for (const std::string& near : m.near) {
          CHECK(lower(near) != lower(typed));
          CHECK((model ? shipped().model(near) != nullptr : shipped().device(near) != nullptr));
        }
      }
    }
  CHECK(shipped().device_meant("no such board").near.empty());
  CHECK(shipped().device_meant("zero 2").near.empty());
  CHECK(shipped().model_meant("zzz").near.empty());
  CHECK(shipped().model_meant(std::string(100000, 'l')).near.empty());
  CHECK(shipped().device_meant(std::string(100000, '-')).near.empty());
  CHECK(shipped().device_meant("").near.empty());
}

TEST_CASE("what differs in memory alone is several; a size chooses") {
  const Catalog cards = devices({{"rtx-3060-8gb", "GeForce RTX 3060 8GB"},
                                 {"rtx-3060-12gb", "GeForce RTX 3060 12GB"},
                                 {"rtx-3060-ti-8gb", "GeForce RTX 3060 Ti 8GB"},
                                 {"rtx-3060-laptop-6gb", "GeForce RTX 3060 Laptop 6GB"}});
  for (const char* typed : {"rtx 3060", "RTX3060", "GeForce RTX 3060", "3060", "nvidia rtx 3060 gpu"}) {
    const Meant m = cards.device_meant(typed);
    INFO(typed << " " << m.id << " " << listed(m.near));
    CHECK(m.id.empty());
    CHECK(m.several);
    REQUIRE(m.near.size() >= 2);
    CHECK(m.near[0] == "rtx-3060-8gb");
    CHECK(m.near[1] == "rtx-3060-12gb");
  }
  CHECK(cards.device_meant("rtx 3060 8 GB").id == "rtx-3060-8gb");
  CHECK(cards.device_meant("3060 ti").id == "rtx-3060-ti-8gb");
  CHECK(cards.device_meant("laptop 3060").id == "rtx-3060-laptop-6gb");
  CHECK(cards.device_meant("rtx 3060 24gb").id.empty());
  CHECK(cards.device_meant("gtx 3060").id.empty());
  CHECK(cards.device_meant("rtx 3060 super").id.empty());
  // One size alone is meant without it.
  CHECK(devices({{"rtx-3060-12gb", "GeForce RTX 3060 12GB"}}).device_meant("rtx 3060").id == "rtx-3060-12gb");
}

TEST_CASE("a device by what its name has in parentheses") {
  const Catalog some = devices({{"ryzen-ai-max-395-128gb", "Ryzen AI Max+ 395 (Strix Halo, Radeon 8060S) 128GB"},
                                {"steam-deck-16gb", "Steam Deck 16GB"},
                                {"ryzen-ai-max-395-64gb", "Ryzen AI Max+ 395 (Strix Halo, Radeon 8060S) 64GB"},
                                {"phone-8gb", "Some phone (Snapdragon) 8GB"},
                                {"board-4gb", "Some board (2019) 4GB"}});
  CHECK(some.device_meant("strix halo").near ==
        std::vector<std::string>{"ryzen-ai-max-395-64gb", "ryzen-ai-max-395-128gb"});
  CHECK(some.device_meant("strix halo 64gb").id == "ryzen-ai-max-395-64gb");
  CHECK(some.device_meant("8060s").several);
  CHECK(some.device_meant("steamdeck").id == "steam-deck-16gb");
  CHECK(some.device_meant("Valve Steam Deck").id == "steam-deck-16gb");
  CHECK(some.device_meant("snapdragon").id.empty());
  CHECK(some.device_meant("2019").id.empty());
}

TEST_CASE("the quantization that a file's name carries is taken, unless another is asked for") {
  CHECK(asked(query("Meta-Llama-3.1-8B-Instruct-Q6_K.gguf", "rtx-3060-12gb")) ==
        "llama-3.1-8b rtx-3060-12gb llama.cpp-cuda Q6_K");
  CHECK(asked(query("mlx-community/Qwen2.5-7B-Instruct-8bit", "apple-m3-16gb")) ==
        "qwen2.5-7b apple-m3-16gb mlx mlx-8bit");
  Query q = query("Meta-Llama-3.1-8B-Instruct-Q6_K.gguf", "rtx-3060-12gb");
  q.quant = "q4-k-m";
  CHECK(asked(q) == "llama-3.1-8b rtx-3060-12gb llama.cpp-cuda Q4_K_M");
  // What the device does not run is refused, not replaced.
  CHECK_THAT(asked(query("mlx-community/Qwen2.5-7B-Instruct-4bit", "raspberry-pi-5-8gb")),
             Catch::Contains("unsupported quant") && Catch::Contains("no runtime of raspberry-pi-5-8gb runs 4bit"));
  CHECK_THAT(asked(query("Qwen3-8B-Q7_K_M.gguf", "rtx-3060-12gb")),
             Catch::Contains("unknown_id quant") && Catch::Contains("Q4_K_M"));
}

TEST_CASE("errors name what is near, and say where a name means several") {
  CHECK_THAT(asked(query("llama-3.2-1b", "rpi5")), Catch::Contains("ambiguous_id device") &&
                                                       Catch::Contains("\"rpi5\" may be any of several") &&
                                                       Catch::Contains("raspberry-pi-5-4gb, raspberry-pi-5-8gb"));
  CHECK_THAT(asked(query("lama 3.2 1b", "raspberry-pi-5-8gb")),
             Catch::Contains("unknown_id model") && Catch::Contains("did you mean llama-3.2-1b"));
  CHECK(asked(query("llama-3.2-1b", std::string(2'000'000, 'x').c_str())).size() < 1000);
  Query q = query("llama-3.2-1b", "raspberry-pi-5-8gb");
  q.runtime = "llama.cpp";
  CHECK_THAT(asked(q), Catch::Contains("llama.cpp-cpu"));
  q = query("llama 3.2 1b", "orin nano super");
  q.power_mode = "MAXN SUPER";
  CHECK_THAT(asked(q), Catch::Contains("llama-3.2-1b jetson-orin-nano-super-8gb"));
}

TEST_CASE("names of presets that are not here are understood, and the preset is named as what is needed") {
  Catalog catalog;
  catalog.add_model_names("qwen3-8b", {"Qwen3-8B", "Qwen/Qwen3-8B"});
  catalog.add_device_names("raspberry-pi-5-8gb", {"Raspberry Pi 5 8GB"});
  const Choice choice = choose(catalog, query("qwen3:8b", "pi 5"), Misfit::put_aside);
  REQUIRE(choice.needs.size() == 2);
  CHECK(choice.needs[0].id == "qwen3-8b");
  CHECK(choice.needs[1].id == "raspberry-pi-5-8gb");
  CHECK(choice.query.model == "qwen3-8b");
  CHECK_FALSE(choice.errors.empty());
}

TEST_CASE("names and quantizations that come after a search count in the next") {
  Catalog catalog = devices({{"a", "Raspberry Pi 5 8GB"}});
  CHECK(catalog.device_meant("pi 5").id == "a");
  catalog.add_device_names("b", {"Raspberry Pi 4 8GB"});
  CHECK(catalog.device_meant("rpi 4").id == "b");
  Catalog copy = catalog;
  copy.add_device_names("a", {"Orange Pi 5 Plus"});
  CHECK(copy.device_meant("pi 5 8gb").id.empty());
  CHECK(copy.device_meant("orange pi 5 plus").id == "a");
  CHECK(catalog.device_meant("pi 5").id == "a");

  catalog.add_model_names("thing", {"Thing-4B-W9X"});
  CHECK(catalog.model_meant("Thing 4B").id.empty());
  Quantization recipe;
  recipe.id = "w9x";
  catalog.add(recipe, {});
  CHECK(catalog.model_meant("Thing 4B").id == "thing");
  CHECK(catalog.model_meant("thing:4b-w9x").quant == "w9x");
}

TEST_CASE("names come as JSON, and say what they mean as JSON") {
  Catalog catalog;
  CHECK(
      add_names(catalog, R"({"models": [["qwen3-8b", "Qwen3-8B", "Qwen/Qwen3-8B"]], "devices": [["a-8gb", "A 8GB"]]})")
          .empty());
  CHECK(to_json(catalog.model_meant("unsloth/Qwen3-8B-GGUF:Q6_K")).dump() ==
        R"({"id":"qwen3-8b","quant":"Q6_K","near":[],"several":false})");
  for (const char* wrong : {"[]", R"({"models": 1})", R"({"models": [[]]})", R"({"models": [[1]]})", R"({"model": []})",
                            R"({"devices": [{"id": "x"}]})", "{", R"({"models": [["new", "New"]], "devices": [1]})"})
    CHECK_FALSE(add_names(catalog, wrong).empty());
  CHECK(catalog.model_meant("new").id.empty());
}
