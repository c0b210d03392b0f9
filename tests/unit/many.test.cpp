#include "edgewise/many.h"

#include <nlohmann/json.hpp>

#include "edgewise/many_json.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;

namespace {

constexpr Term asked_terms[] = {Term::decode_tok_s, Term::ttft_s, Term::memory_B,     Term::energy_per_token_J,
                                Term::decode_w,     Term::mean_w, Term::usd_per_Mtok, Term::host_memory_B,
                                Term::max_batch,    Term::file_B, Term::network_s,    Term::tokens_per_step};
const std::vector<Term> terms(std::begin(asked_terms), std::end(asked_terms));

/// Every row as `answer` has it, to the bit; returns how many have an answer.
std::size_t check_rows(const Query& base, const Columns& columns) {
  const Catalog& c = test::shipped();
  const Many many = estimate_many(c, base, columns, terms);
  std::size_t answered = 0;
  for (std::size_t i = 0; i < columns.rows; ++i) {
    Query q = base;
    for (const auto& t : columns.texts) q.*t.field->member = t.words[t.places[i]];
    for (const auto& n : columns.numbers) q.workload.*n.field->member = n.values[i];
    const auto a = answer(c, q);
    INFO(i << (a ? std::string() : test::describe(a.errors())));
    REQUIRE((many.status[i] == 0) == static_cast<bool>(a));
    if (a) ++answered;
    if (!a) {
      const Error& why = many.problems[many.status[i] - 1].error;
      CHECK(why.code == a.errors()[0].code);
      CHECK(why.path == a.errors()[0].path);
    }
    for (std::size_t t = 0; t < terms.size(); ++t) {
      const double expected = a ? a->ranged(terms[t]).value : unknown, is = many.columns[t][i];
      CHECK((is_known(expected) ? expected == is : !is_known(is)));
    }
  }
  return answered;
}

}  // namespace

TEST_CASE("many estimates are those of one at a time, whichever number of the question varies") {
  test::Random random(7);
  for (const char* runtime : {"", "ollama"})
    for (const char* device : {"raspberry-pi-5-8gb", "rtx-3060-12gb", "jetson-orin-nano-8gb"})
      for (const WorkloadField& f : workload_fields) {
        Query base;
        base.model = "qwen3-30b-a3b";
        base.device = device;
        base.runtime = runtime;
        Columns columns;
        columns.rows = 6;
        Columns::Numbers column{&f, {}};
        for (std::size_t i = 0; i < columns.rows; ++i)
          column.values.push_back(random.whole(f.min < 1 ? 0 : f.min, std::min(f.max, 5000.0)));
        columns.numbers.push_back(std::move(column));
        INFO(runtime << " " << device << " " << f.name);
        check_rows(base, columns);
      }
}

TEST_CASE("texts vary with numbers, numbers of the board count, and rows keep their places") {
  Query base;
  base.known = {"decode=9 llama-3.2-1b Q4_K_M"};
  Columns columns;
  columns.rows = 24;
  Columns::Texts model{&query_texts[0], {"llama-3.2-1b", "gemma-3-4b", "nosuch"}, {}};
  Columns::Texts device{&query_texts[1], {"raspberry-pi-5-8gb", "jetson-orin-nano-8gb"}, {}};
  Columns::Numbers prompt{&workload_fields[0], {}};
  for (std::size_t i = 0; i < columns.rows; ++i) {
    model.places.push_back(i % 3);
    device.places.push_back(i % 2);
    prompt.values.push_back(static_cast<double>(i) * 100 - 100);
  }
  columns.texts = {model, device};
  columns.numbers = {prompt};
  CHECK(check_rows(base, columns) > 4);
  base.known.clear();
  CHECK(check_rows(base, columns) > 8);
}

TEST_CASE("what is no column or no term is refused with its path") {
  const auto refusal = [](const char* asked, std::vector<double> values) {
    const auto found =
        estimate_many(test::shipped(), R"({"model":"llama-3.2-1b","device":"raspberry-pi-5-8gb"})", asked, values);
    return found ? std::string("answered") : found.errors()[0].code + " " + found.errors()[0].path;
  };
  CHECK(refusal(R"({"rows":1,"numbers":["prompt"],"terms":["ttft_s"]})", {64}) == "answered");
  CHECK(refusal(R"({"rows":1,"numbers":["promt"],"terms":["ttft_s"]})", {64}) == "unknown_word columns.promt");
  CHECK(refusal(R"({"rows":1,"numbers":["model"],"terms":["ttft_s"]})", {64}) == "wrong_type columns.model");
  CHECK(refusal(R"({"rows":1,"texts":{"prompt":["1"]},"terms":["ttft_s"]})", {0}) == "wrong_type columns.prompt");
  CHECK(refusal(R"({"rows":1,"texts":{"quant":["Q4_0"]},"terms":["ttft_s"]})", {1}) == "out_of_range columns.quant[0]");
  CHECK(refusal(R"({"rows":2,"numbers":["prompt"],"terms":["ttft_s"]})", {64}) == "inconsistent columns");
  CHECK(refusal(R"({"rows":1,"numbers":["prompt"],"terms":["ttft"]})", {64}) == "unknown_word terms[0]");
  CHECK(refusal(R"({"rows":1,"numbers":["prompt"],"terms":[]})", {64}) == "missing terms");
}
