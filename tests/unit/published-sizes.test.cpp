#include <cmath>
#include <iomanip>
#include <iostream>

#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;

namespace {

/// A published size of a model under a recipe (tests/data/published-sizes.csv).
struct Published {
  std::string model, quant, counts, left_out, source;
  double bytes = 0, half_unit = 0;
};

std::vector<Published> published_sizes() {
  std::vector<Published> rows;
  for (const auto& row : test::read_csv(test::source_path("tests/data/published-sizes.csv"))) {
    const std::string& unit = row.at("unit");
    const double factor = unit == "GiB" ? gib : unit == "GB" ? 1e9 : 1;
    rows.push_back({row.at("model"), row.at("quant"), row.at("counts"), row.at("left_out"), row.at("source"),
                    std::stod(row.at("size")) * factor, std::stod(row.at("half_unit")) * factor});
  }
  return rows;
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}
bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const Quantization& recipe_of(const Published& p) {
  const Catalog& c = test::shipped();
  const Quantization* q = c.quantization(p.quant);
  if (!q) q = c.quantization(c.resolve_quantization(p.quant, *c.runtime("llama.cpp-cpu")));
  INFO(p.model << " " << p.quant);
  REQUIRE(q);
  return *q;
}

/// What the engine says of the same tensors: the language model's, or all with the towers.
double counted_bytes(const Published& p) {
  const Catalog& c = test::shipped();
  INFO(p.model << " " << p.quant << " " << p.counts);
  REQUIRE(c.model(p.model));
  Model model = *c.model(p.model);
  const Quantization& recipe = recipe_of(p);
  if (contains(p.counts, "output apart")) {
    REQUIRE(model.tie_word_embeddings);
    model.tie_word_embeddings = false;
  }
  const ModelCost cost = summarize(model, recipe, c.formats());
  REQUIRE((starts_with(p.counts, "text") || starts_with(p.counts, "total")));
  double bytes = starts_with(p.counts, "total") ? cost.file_B : cost.file_B - cost.tower_B;
  if (contains(p.counts, "tied output twice")) {
    REQUIRE(model.tie_word_embeddings);
    const auto layers = static_cast<std::int32_t>(model.num_hidden_layers);
    for (const Tensor& t : tensor_inventory(model))
      if (t.role == Role::token_embd)
        bytes += t.weights() * c.formats()[format_of(recipe, c.formats(), model, t, layers)].bytes_per_weight();
  }
  return bytes;
}

/// How far off the published size is, and how far it may be: 1 %, or what its last digit leaves open.
double error(const Published& p) { return counted_bytes(p) / p.bytes - 1; }
double allowed(const Published& p) { return std::max(0.01, p.half_unit / p.bytes); }

}  // namespace

TEST_CASE("files are as large as published, within 1 %") {
  std::size_t counted = 0;
  for (const Published& p : published_sizes()) {
    if (!p.left_out.empty() || recipe_of(p).approximate) continue;
    INFO(p.model << " " << p.quant << ": " << counted_bytes(p) << " bytes, published " << p.bytes << " (" << p.counts
                 << ") by " << p.source);
    CHECK(std::fabs(error(p)) <= allowed(p));
    ++counted;
  }
  CHECK(counted >= 160);
}

TEST_CASE("no published size is left out that would agree") {
  for (const Published& p : published_sizes()) {
    if (p.left_out.empty() || recipe_of(p).approximate) continue;
    INFO(p.model << " " << p.quant << ": " << counted_bytes(p) << " bytes, published " << p.bytes << " by " << p.source
                 << "; left out: " << p.left_out);
    CHECK(std::fabs(error(p)) > allowed(p));
  }
}

// edgewise_tests "[sizes-table]" prints every row: its error, and why it is left out or only typical.
TEST_CASE("the table of published sizes", "[.][sizes-table]") {
  std::cout << "| model | recipe | published, bytes | computed, bytes | error | |\n|---|---|---|---|---|---|\n"
            << std::fixed;
  for (const Published& p : published_sizes())
    std::cout << "| " << p.model << " | " << p.quant << " | " << std::setprecision(0) << p.bytes << " | "
              << counted_bytes(p) << " | " << std::setprecision(3) << 100 * error(p) << " % | "
              << (recipe_of(p).approximate ? "typical recipe" : p.left_out) << " |\n";
}
