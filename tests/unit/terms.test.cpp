// The table of terms says what the engine computes: every formula that it prints is evaluated, every field is held to
// the schemas.

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Json = nlohmann::ordered_json;

namespace {

/// Evaluates the language of TermInfo::formula over an estimate.
class Formula {
 public:
  Formula(std::string_view text, const Estimate& e) : text_(text), e_(e) {}

  double value() {
    const double x = sum();
    require(at_ == text_.size());
    return x;
  }
  bool all_known = true;  ///< of the numbers that it read

 private:
  /// An assertion of its own for each token would take most of the time.
  void require(bool holds) {
    if (!holds) FAIL("\"" << text_ << "\" is no formula, at \"" << text_.substr(at_) << "\"");
  }
  void space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(std::string_view token) {
    space();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    space();
    return true;
  }
  std::string_view word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_' || text_[at_] == '.'))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }

  double sum() {
    double x = product();
    for (;;) {
      if (take("+ "))
        x += product();
      else if (take("- "))
        x -= product();
      else
        return x;
    }
  }
  double product() {
    double x = atom();
    for (;;) {
      if (take("x "))
        x *= atom();
      else if (take("/ "))
        x /= atom();
      else
        return x;
    }
  }
  double breakdown(std::string_view column) {
    const bool decode = column.substr(0, 7) == "decode.";
    column.remove_prefix(column.find('.') + 1);
    double total = 0;
    for (const OperatorTime& r : decode ? e_.decode : e_.prefill)
      total += column == "total_s" ? r.total_s : column == "bytes" ? r.bytes : r.operations;
    return total;
  }
  double atom() {
    space();
    if (take("(")) {
      const double x = sum();
      require(take(")"));
      return x;
    }
    const std::string_view name = word();
    require(!name.empty());
    if (std::isdigit(static_cast<unsigned char>(name[0]))) return std::stod(std::string(name));
    if (name == "sum") {
      require(take("("));
      const double x = breakdown(word());
      require(take(")"));
      return known(x);
    }
    if (name == "min" || name == "max") {
      require(take("("));
      const double a = sum();
      require(take(","));
      const double b = sum();
      require(take(")"));
      return name == "min" ? std::min(a, b) : std::max(a, b);
    }
    if (name == "floor") {
      require(take("("));
      const double x = sum();
      require(take(")"));
      return std::floor(x);
    }
    const Term t = find_term(name);
    require(t != Term::count);
    return known(e_[t]);
  }
  double known(double x) {
    all_known = all_known && is_known(x);
    return x;
  }

  std::string_view text_;
  const Estimate& e_;
  std::size_t at_ = 0;
};

const Json& schema(const std::string& name) {
  static std::map<std::string, Json> read;
  Json& s = read[name];
  if (s.is_null()) s = Json::parse(test::read_file(test::source_path("presets/schema/" + name + ".schema.json")));
  return s;
}

/// Whether the schema has a property at "a.b.c", through lists too.
bool has_path(const Json& node, std::string_view path) {
  if (path.empty()) return true;
  if (node.contains("items")) return has_path(node["items"], path);
  const auto dot = std::min(path.find('.'), path.size());
  const std::string key(path.substr(0, dot));
  if (!node.contains("properties") || !node["properties"].contains(key)) return false;
  return has_path(node["properties"][key], path.substr(std::min(dot + 1, path.size())));
}

bool exists(std::string_view field) {
  const auto dot = std::min(field.find('.'), field.size());
  const std::string where(field.substr(0, dot));
  const std::string_view path = field.substr(std::min(dot + 1, field.size()));
  if (where == "device" || where == "runtime" || where == "model") return has_path(schema(where), path);
  if (where == "calibration") {
    const std::string_view parameters = "parameters.";
    return path.substr(0, parameters.size()) == parameters &&
           has_path(schema("calibration")["$defs"]["parameters"], path.substr(parameters.size()));
  }
  // A field of the query, which the engine itself reads.
  const Json value =
      field == "quant" || field == "kv_quant" || field == "host" || field == "power_scope" ? Json("x") : Json(1);
  return parse_query(Json{{std::string(field), value}, {"context", 2000}}.dump()) || field == "context";
}

/// Answers over every fifteenth shipped device with all of its runtimes, several models and questions.
void for_answers(const std::function<void(const Answer&)>& visit) {
  const Catalog& c = test::shipped();
  std::vector<Query> questions;
  for (const char* model : {"llama-3.2-1b", "qwen3-30b-a3b", "gemma-3-4b", "qwen3.5-0.8b"}) {
    Query q;
    q.model = model;
    questions.push_back(q);
    q.workload.batch = 4;
    q.workload.depth = 3000;
    q.workload.images = 2;
    q.workload.requests_per_day = 100;
    q.workload.battery_wh = 60;
    q.workload.electricity_usd_per_kwh = 0.3;
    q.workload.device_life_years = 3;
    questions.push_back(q);
  }
  Query nothing_to_write = questions[0], nothing_to_read = questions[0];
  nothing_to_write.workload.generate = 0;
  nothing_to_read.workload.prompt = 0;
  questions.insert(questions.end(), {nothing_to_write, nothing_to_read});
  std::size_t n = 0;
  for (const auto& [id, preset] : c.devices()) {
    if (n++ % 15 != 0) continue;
    for (const Runtime* runtime : c.runtimes_for(preset.device))
      for (Query q : questions) {
        q.device = id;
        q.runtime = runtime->id;
        const auto a = answer(c, q);
        if (a) visit(*a);
      }
  }
}

}  // namespace

TEST_CASE("every term is described, and its inputs are terms") {
  for (std::size_t i = 0; i < term_count; ++i) {
    const TermInfo& t = info(static_cast<Term>(i));
    INFO(t.id);
    CHECK(find_term(t.id) == static_cast<Term>(i));
    CHECK_FALSE(t.label.empty());
    CHECK_FALSE(t.note.empty());
    CHECK((!t.formula.empty() || !t.definition.empty() || !t.field.empty()));
    CHECK_FALSE((!t.formula.empty() && !t.definition.empty()));
    std::string_view rest = t.inputs;
    while (!rest.empty()) {
      const auto space = std::min(rest.find(' '), rest.size());
      INFO(rest.substr(0, space));
      CHECK(find_term(rest.substr(0, space)) != Term::count);
      rest.remove_prefix(std::min(space + 1, rest.size()));
    }
  }
  CHECK(find_term("no_such_term") == Term::count);
}

TEST_CASE("every printed formula gives its term's value") {
  std::size_t evaluated = 0;
  std::string wrong;
  for_answers([&](const Answer& a) {
    if (a.query.workload.generate == 0) return;  // what is per generated token is unknown then, not 0
    // What no memory holds takes a time that nobody knows: the breakdown is of the rest.
    if (!is_known(a.estimate[Term::paging_s])) return;
    // What is read again has a row of its own.
    CHECK(a.estimate.decode[static_cast<std::size_t>(Operator::storage)].total_s == Approx(a.estimate[Term::paging_s]));
    for (std::size_t i = 0; i < term_count; ++i) {
      const TermInfo& t = info(static_cast<Term>(i));
      if (t.formula.empty()) continue;
      Formula formula(t.formula, a.estimate);
      const double value = formula.value(), term = a.estimate[t.term];
      // What rests on an unknown is unknown, unless it has no use for it: no images, no recurrent layers.
      if (!formula.all_known || !std::isfinite(value)) continue;
      ++evaluated;
      const bool same = std::fabs(value - term) <= 1e-9 * std::max(std::fabs(term), 1e-12);
      if (!same && wrong.size() < 2000)
        wrong += a.query.model + " on " + a.query.device + " with " + a.query.runtime + ": " + std::string(t.id) +
                 " is " + exact(term) + ", its formula gives " + exact(value) + "\n";
    }
  });
  CHECK(wrong == "");
  CHECK(evaluated > 30000);
}

TEST_CASE("every field that gives a term is one that a preset or a query has") {
  for (std::size_t i = 0; i < term_count; ++i)
    for (const Processor p : {Processor::cpu, Processor::gpu, Processor::npu}) {
      const std::string_view named = field(static_cast<Term>(i), p);
      INFO(info(static_cast<Term>(i)).id << " on " << to_string(p) << ": " << named);
      if (!named.empty()) CHECK(exists(named));
    }
  CHECK(field(Term::vector_ops, Processor::cpu) == "device.cpu.peak.fp32_gflops");
  CHECK(field(Term::vector_ops, Processor::gpu) == "device.gpu.fp32_tflops");
  CHECK(field(Term::vector_ops, Processor::npu) == "device.npu.tops");
  CHECK(field(Term::idle_w, Processor::cpu).empty());
  CHECK_FALSE(exists("device.memory.peak_bandwidth"));
}

TEST_CASE("every unknown of every answer names a field") {
  std::map<std::string, std::string> nameless;
  for_answers([&](const Answer& a) {
    for (std::size_t i = 0; i < term_count; ++i) {
      const TermInfo& t = info(static_cast<Term>(i));
      if (is_known(a.estimate[t.term]) || is_optional(t.term)) continue;
      if (missing_fields(a.estimate, a.runtime->processor, t.term).empty())
        nameless[std::string(t.id)] = a.query.model + " on " + a.query.device + " with " + a.query.runtime;
    }
  });
  for (const auto& [term, where] : nameless) FAIL_CHECK(term << ": " << where);
}
