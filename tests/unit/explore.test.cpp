#include "edgewise/explore.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "edgewise/levers_json.h"
#include "edgewise/statistics.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::Contains;

namespace {

Query on_a_pi() { return example_query(); }

double sensitivity(const Query& q, Term t, std::string_view input) {
  const auto a = answer(test::shipped(), q);
  REQUIRE(a);
  for (const ExplainedTerm& e : explain(*a)) {
    if (e.term != t) continue;
    for (const Sensitivity& s : e.sensitivity)
      if (s.input == input) return s.change;
  }
  return 0;
}

std::string refusal(const Query& q, const Bounds& b = {}, double limit = 10) {
  const auto found = explore(test::shipped(), q, b, limit);
  return found ? std::string() : test::describe(found.errors());
}

}  // namespace

TEST_CASE("a sensitivity is what a tenth more of the input does, everything else staying") {
  const Catalog& c = test::shipped();
  Query q = on_a_pi();
  q.workload.context = 8192;
  const auto a = answer(c, q);
  REQUIRE(a);
  // By hand: the same question with that one number changed.
  Answer faster = *a;
  faster.rates.bandwidth_Bps *= 1.1;
  faster.rates.kv_bandwidth_Bps *= 1.1;
  estimate(faster.cost, faster.rates, faster.query.workload, faster.estimate);
  CHECK(sensitivity(q, Term::decode_tok_s, "bandwidth_Bps") ==
        faster.estimate[Term::decode_tok_s] / a->estimate[Term::decode_tok_s] - 1);
  // The cache was allocated for the stated context: neither the bandwidth nor the prompt changes it.
  CHECK(sensitivity(q, Term::kv_cache_B, "bandwidth_Bps") == 0);
  CHECK(sensitivity(q, Term::kv_cache_B, "prompt_tokens") == 0);
  CHECK(sensitivity(q, Term::memory_B, "bandwidth_Bps") == 0);
  // Without one it grows with the tokens.
  q.workload.context = 0;
  q.workload.prompt = 4096;
  CHECK(sensitivity(q, Term::kv_cache_B, "prompt_tokens") > 0);
  CHECK(sensitivity(q, Term::kv_cache_B, "bandwidth_Bps") == 0);
  // Tokens that outgrow the stated context take it along.
  q.workload.context = 4096 + 128;
  CHECK(sensitivity(q, Term::kv_cache_B, "prompt_tokens") > 0);
  CHECK(sensitivity(q, Term::ttft_s, "prompt_tokens") > 0);
  CHECK(sensitivity(q, Term::request_energy_J, "generated_tokens") > 0);
  CHECK(sensitivity(q, Term::load_cold_s, "storage_Bps") < 0);
  CHECK(sensitivity(q, Term::ttft_s, "compute_rate") < 0);
  CHECK(sensitivity(q, Term::decode_w, "full_w") > 0);
  CHECK(sensitivity(q, Term::decode_w, "idle_w") != 0);
  CHECK(sensitivity(q, Term::tpot_mean_s, "launch_overhead_s") > 0);
  q.workload.depth = 1000;
  q.workload.context = 0;
  CHECK(sensitivity(q, Term::tpot_mean_s, "depth_tokens") > 0);
  q.device = "rtx-4090-24gb";
  q.runtime = "llama.cpp-cuda";
  CHECK(sensitivity(q, Term::tpot_mean_s, "step_overhead_s") > 0);
}

TEST_CASE("an explanation has every term, what it is made of, and its largest lever first") {
  const auto a = answer(test::shipped(), on_a_pi());
  REQUIRE(a);
  const auto terms = explain(*a);
  REQUIRE(terms.size() == term_count);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const ExplainedTerm& e = terms[i];
    CHECK(e.term == static_cast<Term>(i));
    for (std::size_t k = 1; k < e.sensitivity.size(); ++k)
      CHECK(std::fabs(e.sensitivity[k - 1].change) >= std::fabs(e.sensitivity[k].change));
    if (info(e.term).group == "input") CHECK(e.sensitivity.empty());
  }
  const auto& bandwidth = terms[static_cast<std::size_t>(Term::bandwidth_Bps)];
  CHECK(bandwidth.inputs == std::vector<Term>{Term::bandwidth_share, Term::memory_bandwidth_Bps});
  const auto document = to_json(terms, *a);
  CHECK(document["terms"].size() == term_count);
  CHECK(document["terms"][static_cast<std::size_t>(Term::vector_ops)]["field"] == "device.cpu.peak.fp32_gflops");
}

TEST_CASE("a sweep is the answer at each value") {
  const Catalog& c = test::shipped();
  Query q = on_a_pi();
  for (const WorkloadField& f : workload_fields) {
    const std::vector<double> values = f.max < 2    ? std::vector<double>{1}
                                       : f.optional ? std::vector<double>{1, 2}
                                                    : std::vector<double>{1, 2, 3};
    // A context must hold the tokens; boards cannot be joined.
    if (std::string_view(f.name) == "context" || std::string_view(f.name) == "devices") continue;
    INFO(f.name);
    const auto swept = sweep(c, q, f.name, {values, {}});
    REQUIRE(swept);
    CHECK(swept->values == values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      Query one = q;
      one.workload.*f.member = values[i];
      const auto a = answer(c, one);
      REQUIRE(a);
      for (const Sweep::Column& column : swept->columns) {
        INFO(info(column.term).id);
        const double x = column.values[i], y = a->estimate[column.term];
        CHECK((x == y || (!is_known(x) && !is_known(y))));
      }
    }
  }
  CHECK(sweep(c, q, "prompt", {}).errors()[0].path == "values");
  const auto nonsense = sweep(c, q, "nonsense", {{1}, {}});
  REQUIRE_FALSE(nonsense);
  CHECK_THAT(test::describe(nonsense.errors()), Contains("unknown_word axis") && Contains("prompt, generate"));
  // A bad point is unknown and says why; where there is no other, it is the question that is bad.
  for (const double bad : {-1.0, 1.5, static_cast<double>(unknown), 1e9}) {
    const auto partly = sweep(c, q, "prompt", {{1, bad}, {}});
    REQUIRE(partly);
    CHECK(partly->points[0].errors.empty());
    CHECK_FALSE(partly->points[1].errors.empty());
    CHECK(partly->points[1].verdict == Verdict::undecided);
    for (const Sweep::Column& column : partly->columns) CHECK_FALSE(is_known(column.values[1]));
    const auto refused = sweep(c, q, "prompt", {{bad}, {}});
    REQUIRE_FALSE(refused);
    CHECK(refused.errors()[0].path == "values[0]");
  }
  q.model = "no-such-model";
  CHECK_FALSE(sweep(c, q, "prompt", {{1}, {}}));
}

TEST_CASE("every row of an exploration is what the answer says") {
  const Catalog& c = test::shipped();
  for (const char* runtime : {"", "llama.cpp-vulkan"})
    for (const char* quant : {"", "Q4_K_M"}) {
      Query q;
      q.model = "llama-3.2-1b";
      q.runtime = runtime;
      q.quant = quant;
      const auto found = explore(c, q, {}, 1e6);
      REQUIRE(found);
      CHECK(found->rows.size() == found->count);
      CHECK(found->count > 50);
      for (const Explored::Row& r : found->rows) {
        Query one = q;
        one.device = r.device->id;
        one.quant = r.quantization->id;
        one.runtime = r.runtime->id;
        one.power_scope = to_string(r.power_scope);
        const auto a = answer(c, one);
        REQUIRE(a);
        INFO(r.device->id << " " << r.runtime->id << " " << r.quantization->id);
        CHECK(a->rates.situation == r.situation);
        CHECK(verdict(*a) == r.verdict);
        const auto same = [](double x, double y) { return x == y || (!is_known(x) && !is_known(y)); };
        CHECK(a->sureness() == r.sure);
        for (const auto& [term, range] :
             {std::pair(Term::decode_tok_s, &r.decode_tok_s), std::pair(Term::ttft_s, &r.ttft_s),
              std::pair(Term::memory_B, &r.memory_B), std::pair(Term::energy_per_token_J, &r.energy_per_token_J),
              std::pair(Term::decode_w, &r.decode_w)}) {
          const Ranged says = a->ranged(term);
          CHECK(same(says.value, range->value));
          CHECK(same(says.low, range->low));
          CHECK(same(says.high, range->high));
        }
        CHECK(same(a->estimate[Term::price_usd], r.price_usd));
        if (*quant && !*runtime) {
          // Left to itself, the answer takes the same runtime.
          one.runtime.clear();
          CHECK(answer(c, one)->runtime == r.runtime);
        }
      }
      // Fastest first, unknown speeds last.
      for (std::size_t i = 1; i < found->rows.size(); ++i) {
        const double before = found->rows[i - 1].decode_tok_s.value, after = found->rows[i].decode_tok_s.value;
        CHECK((before >= after || !is_known(after)));
      }
    }
}

TEST_CASE("a launcher gives each model of an exploration its own context") {
  const Catalog& c = test::shipped();
  Query q;
  q.device = "rtx-4090-24gb";
  q.runtime = "ollama";
  q.quant = "Q4_K_M";
  const auto found = explore(c, q, {}, 1e6);
  REQUIRE(found);
  CHECK(found->rows.size() > 50);
  std::set<double> contexts;
  for (const Explored::Row& r : found->rows) {
    Query one = q;
    one.model = r.model->id;
    const auto a = answer(c, one);
    INFO(one.model);
    REQUIRE(a);
    CHECK(a->estimate[Term::memory_B] == r.memory_B.value);
    CHECK(verdict(*a) == r.verdict);
    contexts.insert(a->estimate[Term::context_tokens]);
  }
  CHECK(contexts.size() > 3);
}

TEST_CASE("bounds are met by every row, and by none that is unknown") {
  const Catalog& c = test::shipped();
  Query q;
  q.device = "raspberry-pi-5-8gb";
  const auto all = explore(c, q, {}, 1e6);
  REQUIRE(all);
  const struct {
    double Bounds::*bound;
    double (*of)(const Explored::Row&);
    bool least;
  } cases[] = {
      {&Bounds::min_decode_tok_s, [](const Explored::Row& r) { return r.decode_tok_s.value; }, true},
      {&Bounds::max_ttft_s, [](const Explored::Row& r) { return r.ttft_s.value; }, false},
      {&Bounds::max_memory_gib, [](const Explored::Row& r) { return r.memory_B.value / 1073741824.0; }, false},
      {&Bounds::max_power_w, [](const Explored::Row& r) { return r.decode_w.value; }, false},
      {&Bounds::max_energy_per_token_j, [](const Explored::Row& r) { return r.energy_per_token_J.value; }, false},
      {&Bounds::min_parameters_b, [](const Explored::Row& r) { return r.parameters / 1e9; }, true},
  };
  for (const auto& bounded : cases) {
    std::vector<double> values;
    for (const Explored::Row& r : all->rows) values.push_back(bounded.of(r));
    Bounds b;
    b.*bounded.bound = median(values);
    const auto some = explore(c, q, b, 1e6);
    REQUIRE(some);
    std::size_t meet = 0;
    for (const double x : values) meet += bounded.least ? x >= median(values) : x <= median(values);
    CHECK(some->count == meet);
    CHECK(2 * some->count >= all->count);
    // All rows of a board take the same power; of the rest, half are left.
    if (bounded.bound != &Bounds::max_power_w) CHECK(some->count < all->count);
    b.*bounded.bound = bounded.least ? 1e6 : 1e-6;
    CHECK(explore(c, q, b, 1e6)->count == 0);
  }
  Bounds b;
  b.max_price_usd = 100;
  q.device.clear();
  q.model = "llama-3.2-1b";
  const auto cheap = explore(c, q, b, 1e6);
  REQUIRE(cheap);
  for (const Explored::Row& r : cheap->rows) CHECK(r.price_usd <= 100);
  // The limit cuts the list, not the count.
  const auto first = explore(c, q, b, 3);
  REQUIRE(first);
  CHECK(first->rows.size() == 3);
  CHECK(first->count == cheap->count);
  CHECK(explore(c, q, b, 0)->rows.empty());
}

TEST_CASE("no row of the front is dominated by another, and every other row that has all values is") {
  Query q;
  q.device = "raspberry-pi-5-8gb";
  const std::vector<std::vector<std::string>> choices = {
      {}, {"speed", "quality"}, {"ttft", "parameters", "energy"}, {"memory"}, {"power", "price", "speed"}};
  for (const bool open : {false, true}) {
    if (open) {
      q = Query();
      q.model = "llama-3.2-1b";
    }
    for (const auto& names : choices) {
      Bounds b;
      b.axes = names;
      b.benchmark = "MMLU";
      const auto found = explore(test::shipped(), q, b, 1e6);
      REQUIRE(found);
      std::vector<Axis> weighed;
      for (const Axis& axis : axes())
        if (names.empty() ? std::string_view("speed parameters memory").find(axis.name) != std::string_view::npos
                          : std::find(names.begin(), names.end(), axis.name) != names.end())
          weighed.push_back(axis);
      const auto whole = [&](const Explored::Row& r) {
        return std::all_of(weighed.begin(), weighed.end(), [&](const Axis& x) { return is_known(x.of(r)); });
      };
      const bool of_power = std::find(names.begin(), names.end(), "power") != names.end() ||
                            std::find(names.begin(), names.end(), "energy") != names.end();
      std::size_t lack = 0, front = 0;
      for (const Explored::Row& r : found->rows) {
        lack += !whole(r);
        front += r.pareto;
        const bool beaten = std::any_of(found->rows.begin(), found->rows.end(), [&](const Explored::Row& o) {
          if (!whole(o) || (of_power && o.power_scope != r.power_scope)) return false;
          // Where nobody knows what is lost, fewer bytes of the same model are not as good.
          if (names.size() == 2 && o.model == r.model && o.file_B < r.file_B &&
              (o.quality.basis == QualityScore::Basis::unquantized ||
               r.quality.basis == QualityScore::Basis::unquantized))
            return false;
          bool better = false;
          for (const Axis& x : weighed) {
            const double mine = x.more_is_better ? x.of(r) : -x.of(r), other = x.more_is_better ? x.of(o) : -x.of(o);
            if (!(other >= mine)) return false;
            better = better || other > mine;
          }
          return better;
        });
        CHECK(r.pareto == (whole(r) && !beaten));
      }
      CHECK(found->off_axes == lack);
      CHECK((front > 0 || lack == found->rows.size()));
    }
  }
}

TEST_CASE("energies of different scopes are never weighed against each other") {
  Device a, b;
  Explored::Row x{}, y{};
  x.device = &a;
  y.device = &b;
  x.energy_per_token_J.value = 1;
  y.energy_per_token_J.value = 2;
  x.power_scope = Scope::soc;
  y.power_scope = Scope::wall;
  std::vector<Axis> energy;
  for (const Axis& axis : axes())
    if (std::string_view(axis.name) == "energy") energy.push_back(axis);
  std::vector<Explored::Row> rows = {x, y};
  CHECK(mark_frontier(rows, energy) == 0);
  CHECK((rows[0].pareto && rows[1].pareto));
  rows[1].power_scope = Scope::soc;
  mark_frontier(rows, energy);
  CHECK((rows[0].pareto && !rows[1].pareto));
  // Equals both stay.
  rows[1].energy_per_token_J.value = 1;
  mark_frontier(rows, energy);
  CHECK((rows[0].pareto && rows[1].pareto));
  rows[1].energy_per_token_J.value = unknown;
  CHECK(mark_frontier(rows, energy) == 1);
  CHECK_FALSE(rows[1].pareto);
  // What the card draws is not what both draw.
  for (Explored::Row& r : rows) r.power_scope = Scope::gpu;
  rows[1].energy_per_token_J.value = 0.5;
  rows[1].verdict = Verdict::with_host;
  CHECK(mark_frontier(rows, energy) == 1);
  CHECK((rows[0].pareto && !rows[1].pareto));
  for (Explored::Row& r : rows) r.power_scope = Scope::wall;
  CHECK(mark_frontier(rows, energy) == 0);
  CHECK((!rows[0].pareto && rows[1].pareto));
}

TEST_CASE("a model without as many positions as are asked for is no answer, and that is said") {
  Query q;
  q.device = "rtx-4090-24gb";
  q.workload.context = 16384;
  const auto found = explore(test::shipped(), q, {}, 1e6);
  REQUIRE(found);
  REQUIRE(found->count > 10);
  for (const Explored::Row& r : found->rows) {
    INFO(r.model->id);
    const double positions = r.model->max_position_embeddings;
    const bool only_recurs = summarize(*r.model, *r.quantization, test::shipped().formats()).attention_count == 0;
    CHECK((positions == 0 || positions >= 16384 || only_recurs));
  }
  const auto few = std::find_if(found->refused.begin(), found->refused.end(),
                                [](const auto& r) { return r.bound == std::string_view("context"); });
  REQUIRE(few != found->refused.end());
  CHECK(few->count > 0);
  CHECK(few->nearest < 16384);
}

TEST_CASE("what is left out is told by the one bound that keeps it out") {
  const Catalog& c = test::shipped();
  Query q;
  q.model = "llama-3.1-8b";
  q.quant = "Q4_K_M";
  const auto all = explore(c, q, {}, 1e6);
  REQUIRE(all);
  const auto by = [](const Explored& e, std::string_view bound) {
    for (const Explored::Refused& r : e.refused)
      if (r.bound == bound) return r;
    return Explored::Refused{};
  };
  CHECK(by(*all, "memory").count > 0);
  Bounds b;
  b.classes = {"sbc"};
  b.min_decode_tok_s = 1e6;
  const auto none = explore(c, q, b, 1e6);
  REQUIRE(none);
  CHECK(none->count == 0);
  const auto slow = by(*none, "min_decode_tok_s");
  CHECK(slow.count > 0);
  double fastest = 0;
  for (const Explored::Row& r : all->rows)
    if (r.device->device_class == "sbc" && is_known(r.decode_tok_s.value))
      fastest = std::max(fastest, r.decode_tok_s.value);
  CHECK(slow.nearest == fastest);
  // Loosened to that, something is found.
  b.min_decode_tok_s = slow.nearest;
  CHECK(explore(c, q, b, 1e6)->count >= 1);

  Bounds priced;
  priced.max_price_usd = 1e9;
  const auto known = explore(c, q, priced, 1e6);
  REQUIRE(known);
  const auto unpriced = by(*known, "max_price_usd");
  CHECK(unpriced.count == unpriced.unknown_values);
  CHECK(known->count + unpriced.count == all->count);

  Bounds seen;
  seen.vision = true;
  q.model.clear();
  q.device = "raspberry-pi-5-8gb";
  const auto vision = explore(c, q, seen, 1e6);
  REQUIRE(vision);
  CHECK(vision->count > 0);
  for (const Explored::Row& r : vision->rows) CHECK(r.model->vision.has_value());
  seen.vision = false;
  seen.vendors = {"NVIDIA"};
  CHECK(by(*explore(c, q, seen, 1e6), "vendors").count > 100);
}

TEST_CASE("an exploration refuses what it does not know instead of finding nothing") {
  Query q;
  q.device = "raspberry-pi-5-8gb";
  q.runtime = "nosuch";
  CHECK_THAT(refusal(q), Contains("unknown_id runtime"));
  q.runtime = "llama.cpp-cuda";
  CHECK_THAT(refusal(q), Contains("unsupported runtime"));
  q.runtime.clear();
  q.quant = "nosuch";
  CHECK_THAT(refusal(q), Contains("unknown_id quant"));
  q.quant = "bnb-nf4";
  CHECK_THAT(refusal(q), Contains("unsupported quant"));
  q.quant.clear();
  q.power_mode = "nosuch";
  CHECK_THAT(refusal(q), Contains("power_mode"));
  q.device.clear();
  CHECK_THAT(refusal(q), Contains("power_mode"));
  q.power_mode.clear();
  q.kv_quant = "nosuch";
  CHECK_THAT(refusal(q), Contains("kv_quant"));
  q.kv_quant.clear();
  q.model = "nosuch";
  CHECK_THAT(refusal(q), Contains("unknown_id model"));
  q.model.clear();
  q.device = "nosuch";
  CHECK_THAT(refusal(q), Contains("unknown_id device"));
  q.device = "raspberry-pi-5-8gb";
  q.workload.prompt = -1;
  CHECK_THAT(refusal(q), Contains("out_of_range prompt"));
  q.workload = {};
  for (const double bad : {-1.0, 1.5, 1e30, static_cast<double>(unknown), static_cast<double>(INFINITY)})
    CHECK_THAT(refusal(q, {}, bad), Contains("out_of_range limit"));
  for (const BoundField& f : bound_fields) {
    Bounds b;
    b.*f.member = -1;
    CHECK_THAT(refusal(q, b), Contains(std::string("out_of_range ") + f.name));
  }
  Bounds b;
  b.min_quality = 50;
  CHECK_THAT(refusal(q, b), Contains("missing benchmark"));
  b.benchmark = "nosuch";
  CHECK_THAT(refusal(q, b), Contains("unknown_id benchmark") && Contains("MMLU"));
  b = {};
  b.axes = {"speed", "beauty"};
  CHECK_THAT(refusal(q, b), Contains("unknown_word axes[1]"));
  b = {};
  b.classes = {"toaster"};
  CHECK_THAT(refusal(q, b), Contains("unknown_word classes[0]") && Contains("sbc"));
  b = {};
  b.vendors = {"nvidia", "nope"};
  CHECK_THAT(refusal(q, b), Contains("unknown_word vendors[1]") && Contains("Raspberry Pi"));
  // A member that no preset has can choose nothing; once one has it, its words count.
  b = {};
  b.licences = {"mit"};
  Catalog licensed = test::shipped();
  for (const auto& [id, m] : test::shipped().models()) {
    Model silent = m;
    silent.licence.clear();
    licensed.add(silent, {});
  }
  CHECK_THAT(test::describe(explore(licensed, q, b, 1e6).errors()),
             Contains("missing licences") && Contains("member \"licence\""));
  Model model = *licensed.model("llama-3.2-1b");
  model.id = "licensed";
  model.licence = "MIT";
  licensed.add(model, {});
  const auto with_licence = explore(licensed, q, b, 1e6);
  REQUIRE(with_licence);
  CHECK(with_licence->count > 0);
  for (const Explored::Row& r : with_licence->rows) CHECK(r.model->id == "licensed");
  b.licences = {"gpl"};
  CHECK_THAT(test::describe(explore(licensed, q, b, 1e6).errors()),
             Contains("unknown_word licences[0]") && Contains("MIT"));
  q.mtp = true;
  CHECK_THAT(refusal(q), Contains("unsupported mtp"));
  q.mtp = false;
  // A mode that one device has: the others are none of the answers.
  q.device.clear();
  q.model = "llama-3.2-1b";
  q.power_mode = "maxn-super";
  const auto found = explore(test::shipped(), q, {}, 1e6);
  REQUIRE(found);
  CHECK(found->count > 0);
  for (const Explored::Row& r : found->rows) CHECK_FALSE(r.device->power_modes.empty());
}

TEST_CASE("questions are read strictly") {
  CHECK(parse_query(R"({"model": "a", "device": "b", "prompt": 7, "flash_attention": false})")->workload.prompt == 7);
  CHECK(parse_query(R"({"flash_attention": true})")->flash_attention == 1);
  CHECK(parse_query("{}")->flash_attention == -1);
  CHECK(parse_query("{}")->workload.prompt == 512);
  const auto refused = [](const char* text) {
    const auto q = parse_query(text);
    return q ? std::string() : test::describe(q.errors());
  };
  CHECK_THAT(refused(R"({"prompt": null})"), Contains("wrong_type prompt"));
  CHECK_THAT(refused(R"({"model": null})"), Contains("wrong_type model"));
  CHECK_THAT(refused(R"({"prompt": "7"})"), Contains("wrong_type prompt"));
  CHECK_THAT(refused(R"({"prompts": 7})"), Contains("unknown_key prompts") && Contains("prompt"));
  CHECK_THAT(refused(R"([1])"), Contains("wrong_type"));
  CHECK_THAT(refused("7"), Contains("wrong_type"));
  CHECK_THAT(refused("nonsense"), Contains("syntax"));
  CHECK_THAT(refused(R"({"prompt": 1e999})"), Contains("not_finite prompt"));
  const auto bounds = parse_bounds(R"({"max_price_usd": 100})");
  REQUIRE(bounds);
  CHECK(bounds->max_price_usd == 100);
  CHECK_FALSE(is_known(bounds->max_power_w));
  CHECK_FALSE(parse_bounds(R"({"max_price_usd": -1})"));
  CHECK_FALSE(parse_bounds(R"({"max_price": 1})"));
  CHECK_FALSE(parse_bounds("["));
  CHECK(parse_sweep_values("[1, 2.5]", "values")->numbers == std::vector<double>{1, 2.5});
  CHECK(parse_sweep_values(R"(["Q8_0"])", "values")->names == std::vector<std::string>{"Q8_0"});
  for (const char* bad : {"[1, null]", R"([1, "a"])", R"(["a", 1])"})
    CHECK(parse_sweep_values(bad, "values").errors()[0].path == "values[1]");
  CHECK_FALSE(parse_sweep_values("7", "values"));
  CHECK_FALSE(parse_sweep_values("[", "values"));
}
