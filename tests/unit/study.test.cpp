#include "edgewise/study.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "edgewise/check.h"
#include "parse.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::Contains;
using Json = nlohmann::ordered_json;

namespace {

Json small() {
  return Json::parse(R"({
    "type": "study", "format_version": 1, "id": "2401.00001", "name": "A study", "source": "https://example.org",
    "tables": [{
      "name": "Batch", "query": {"device": "rtx-3060-12gb", "prompt": 64},
      "axes": [{"name": "model", "points": [{"model": "qwen3-0.6b"}, {"model": "llama-3.2-1b", "quant": "Q8_0"}]},
               {"name": "batch", "points": [{"batch": 1}, {"batch": 4}, {"batch": 16}]}],
      "columns": ["decode_tok_s", "memory_B"]}],
    "published": [
      {"at": {"model": "llama-3.2-1b", "batch": 4}, "term": "decode_tok_s", "value": 400, "label": "theirs", "source": "x"},
      {"at": {"model": "llama-3.2-1b"}, "term": "ttft_s", "value": 1, "label": "not shown", "source": "x"}]})");
}

Study read(const Json& preset) {
  const auto study = parse_study(preset.dump());
  if (!study) FAIL(test::describe(study.errors()));
  return *study;
}

}  // namespace

TEST_CASE("a study is a grid of questions, each answered as it would be alone") {
  const Study study = read(small());
  const auto rows = study_rows(test::shipped(), study, study.tables[0]);
  REQUIRE(rows.size() == 6);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Query q;
    q.device = "rtx-3060-12gb";
    q.workload.prompt = 64;
    q.model = i < 3 ? "qwen3-0.6b" : "llama-3.2-1b";
    q.quant = i < 3 ? "" : "Q8_0";
    q.workload.batch = std::array{1.0, 4.0, 16.0}[i % 3];
    const auto alone = answer(test::shipped(), q);
    REQUIRE(alone);
    REQUIRE(rows[i].answer);
    CHECK(rows[i].answer->estimate[Term::decode_tok_s] == alone->estimate[Term::decode_tok_s]);
    CHECK(rows[i].points.size() == 2);
    // What is published stands beside the rows that it is of, in tables that show the term.
    CHECK(rows[i].published.size() == (i == 4 ? 1 : 0));
  }
  CHECK(rows[4].published[0]->value == 400);
}

TEST_CASE("a study is refused with the path of what is wrong in it") {
  const auto refused = [](const std::string& pointer, const Json& value) {
    Json preset = small();
    preset[Json::json_pointer(pointer)] = value;
    const auto study = parse_study(preset.dump());
    return study ? std::string("accepted") : test::describe(study.errors());
  };
  CHECK_THAT(refused("/tables/0/columns/0", "speed"), Contains("tables[0].columns") && Contains("is no term"));
  CHECK_THAT(refused("/tables/0/axes/1/points/0/batch", 0), Contains("tables[0].axes[1].points[0].batch"));
  CHECK_THAT(refused("/tables/0/query/promt", 1), Contains("tables[0].query.promt"));
  CHECK_THAT(refused("/published/0/value", "fast"), Contains("published[0].value"));
  CHECK_THAT(refused("/type", "model"), Contains("type"));
}

TEST_CASE("the schema of studies and their reader know the same keys in the same order") {
  struct Asked : json::KeyOrder {
    std::map<std::string, std::vector<std::string>> of;
    void add(const std::string& path, const std::vector<const char*>& keys) override {
      std::vector<std::string>& once = of[path];
      once.clear();
      for (const char* key : keys)
        if (std::find(once.begin(), once.end(), key) == once.end()) once.emplace_back(key);
    }
  } asked;
  Json preset = small();
  preset["findings"] = Json::parse(R"([{"text": "t", "source": "s"}])");
  Catalog own;
  Errors errors;
  json::read_preset(preset, own, errors, json::Reading::checked, &asked);
  REQUIRE(errors.empty());
  const Json schema = Json::parse(test::read_file(test::source_path("presets/schema/study.schema.json")));
  for (const auto& [path, pointer] : {std::pair("", ""),
                                      {"tables[0]", "/properties/tables/items"},
                                      {"tables[0].axes[0]", "/properties/tables/items/properties/axes/items"},
                                      {"published[0]", "/properties/published/items"},
                                      {"findings[0]", "/properties/findings/items"}}) {
    INFO(path);
    const Json& node = schema.at(Json::json_pointer(pointer));
    std::vector<std::string> properties;
    for (const auto& [key, value] : node.at("properties").items()) properties.push_back(key);
    CHECK(asked.of[path] == properties);
    CHECK(node.at("additionalProperties") == false);
  }
}

TEST_CASE("the rule book asks every question of a study") {
  Json preset = small();
  CHECK(check(preset.dump(), test::shipped()).empty());
  preset["tables"][0]["axes"][0]["points"][1]["model"] = "no-such-model";
  const auto problems = check(preset.dump(), test::shipped());
  REQUIRE(problems.size() == 3);
  CHECK(problems[0].path == "tables[0]");
  CHECK_THAT(problems[0].message, Contains("row 3 has no answer") && Contains("no-such-model"));
}

TEST_CASE("every shipped study has an answer in every row, and its published values stand somewhere") {
  std::size_t studies = 0;
  for (const auto& [name, text] : test::preset_texts("studies")) {
    const Study study = read(Json::parse(text));
    std::vector<const Study::Published*> shown;
    for (const Study::Table& table : study.tables)
      for (const StudyRow& row : study_rows(test::shipped(), study, table)) {
        INFO(name << " " << table.name);
        CHECK(row.answer);
        shown.insert(shown.end(), row.published.begin(), row.published.end());
      }
    for (const Study::Published& p : study.published) CHECK(std::find(shown.begin(), shown.end(), &p) != shown.end());
    ++studies;
  }
  CHECK(studies >= 2);
}
