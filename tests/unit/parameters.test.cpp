#include <cmath>
#include <nlohmann/json.hpp>

#include "edgewise/model.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using nlohmann::ordered_json;

namespace {

/// Half a unit of the last digit that is not 0: what rounding may have moved.
double half_last_digit(double published) {
  double unit = 1;
  while (std::fmod(published, unit * 10) == 0) unit *= 10;
  return unit > 1 ? unit / 2 : 0;
}

struct Presets {
  std::map<std::string, ordered_json> parameters;
  Presets() {
    for (const auto& [name, text] : test::preset_texts("models"))
      parameters[name] = ordered_json::parse(text).at("parameters");
  }
};
const Presets& presets() {
  static const Presets instance;
  return instance;
}

}  // namespace

TEST_CASE("the tensor inventory counts what was counted independently, to the last weight") {
  std::size_t checked = 0;
  for (const auto& [id, published] : presets().parameters) {
    if (!published.contains("counted_text")) continue;
    INFO(id);
    const ParameterCounts counts = count_parameters(*test::shipped().model(id));
    CHECK(counts.text == published.at("counted_text").get<double>());
    CHECK(counts.total == published.at("counted_total").get<double>());
    CHECK(counts.decode_read == published.at("decode_read").get<double>());
    ++checked;
  }
  CHECK(checked >= 160);
}

TEST_CASE("the inventory agrees with what the models' authors publish") {
  // What is published counts something else, or is a name rather than a count.
  const std::map<std::string, std::string> exceptions = {
      {"glm-4.5-air", "published as 106B; the layers alone hold 106.9B"},
      {"jais-6p7b", "published as 6.7B after its name; the architecture holds 6.8B"},
      {"ministral-3-8b", "published as 8.4B of text; the architecture holds 8.49B"},
      {"qwen3-next-80b-a3b",
       "the published count includes a multi-token-prediction layer that decoding does not read"}};
  std::size_t checked = 0;
  for (const auto& [id, parameters] : presets().parameters) {
    const auto it = parameters.find("published");
    if (it == parameters.end() || it->is_null()) continue;
    const double published = it->get<double>();
    const ParameterCounts counts = count_parameters(*test::shipped().model(id));
    const double counted = parameters.at("scope") == "total" ? counts.total : counts.text;
    const double off = std::fabs(counted - published);
    const bool agrees = off <= 0.005 * published || off <= half_last_digit(published);
    INFO(id << ": counted " << counted << ", published " << published);
    // An exception that has become unnecessary must go.
    CHECK(agrees == (exceptions.count(id) == 0));
    ++checked;
  }
  CHECK(checked >= 150);
}

TEST_CASE("half a unit of the last stated digit") {
  CHECK(half_last_digit(8030261248) == 0);
  CHECK(half_last_digit(7510000000) == 5e6);
  CHECK(half_last_digit(24e9) == 5e8);
}
