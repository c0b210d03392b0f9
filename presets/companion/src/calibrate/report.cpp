#include "report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "edgewise/metric.h"
#include "edgewise/statistics.h"
#include "edgewise/text.h"
#include "peers.h"
#include "presets.h"
#include "report_numbers.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;

/// Lists in the order in which their keys first come.
template <class T>
class Ordered {
 public:
  std::vector<T>& operator[](const std::string& key) {
    const auto [it, added] = at_.emplace(key, lists_.size());
    if (added) lists_.emplace_back(key, std::vector<T>());
    return lists_[it->second].second;
  }
  auto begin() const { return lists_.begin(); }
  auto end() const { return lists_.end(); }

 private:
  std::map<std::string, std::size_t> at_;
  std::vector<std::pair<std::string, std::vector<T>>> lists_;
};

using RowList = std::vector<const ReportRow*>;

Ordered<const ReportRow*> by_configuration(const RowList& rows) {
  Ordered<const ReportRow*> out;
  for (const ReportRow* r : rows) out[r->sample->row.configuration].push_back(r);
  return out;
}

/// Errors of the rows that have a prediction.
template <class Predict>
ErrorSummary errors_of(const RowList& rows, const Predict& predict) {
  ErrorTally tally;
  for (const ReportRow* r : rows)
    if (const double p = predict(*r); p > 0) tally.add(r->sample->row.configuration, p, r->value);
  return tally.summary();
}

ErrorSummary errors_of(const RowList& rows, std::size_t way) {
  return errors_of(rows, [&](const ReportRow& r) { return r.predicted[way]; });
}

HeldOut held_out(const RowList& rows) { return {{errors_of(rows, calibrated), errors_of(rows, unseen)}}; }

template <class Belongs>
RowList filtered(const RowList& rows, const Belongs& belongs) {
  RowList out;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(out), [&](const ReportRow* r) { return belongs(*r); });
  return out;
}

/// A number below nested keys; NaN where one is missing.
double number_at(const Json& object, std::initializer_list<const char*> keys) {
  const Json* at = &object;
  for (const char* key : keys) {
    if (!at->is_object() || !at->contains(key)) return unknown;
    at = &(*at)[key];
  }
  return at->is_number() ? at->get<double>() : unknown;
}

std::string text_at(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

/// Empty where the key is missing or holds no list.
Json list_at(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_array() ? *it : Json::array();
}

double first_known(std::initializer_list<double> values) {
  for (const double x : values)
    if (is_known(x)) return x;
  return unknown;
}

double or_zero(double x) { return is_known(x) ? x : 0; }

std::map<std::string, Json> by_id(const char* type) {
  std::map<std::string, Json> out;
  for (const Json& preset : bundled_presets_of(type)) out.emplace(text_at(preset, "id"), preset);
  return out;
}

/// What presets say beyond what estimates need, and what others ask for.
class Questions {
 public:
  explicit Questions(const Catalog& catalog) : catalog_(catalog), devices_(by_id("device")), models_(by_id("model")) {
    for (const Json& preset : bundled_presets_of("quantizations"))
      for (const Json& recipe : list_at(preset, "recipes"))
        families_[text_at(recipe, "id")] = text_at(preset, "family");
  }

  std::string device_class(const std::string& device) const { return text_at(devices_.at(device), "class"); }

  PeerQuestion of(const ReportRow& r) const {
    const Query& asked = r.sample->row.query;
    const Runtime& runtime = *r.sample->runtime;
    const Json &device = devices_.at(asked.device), &model = models_.at(asked.model);
    static const Json none = Json::object();
    const Json& gpu = device.contains("gpu") && device["gpu"].is_object() ? device["gpu"] : none;
    const std::string gpu_name = text_at(gpu, "name"),
                      family = families_.count(asked.quant) ? families_.at(asked.quant) : "";
    const Json& config = model.at("config");
    PeerQuestion q;
    q.name = gpu_name + " " + text_at(device, "name");
    q.processor = to_string(runtime.processor);
    q.backend = backend_of(asked.runtime);
    q.vendor = vendor_of(gpu_name);
    q.quant = asked.quant;
    const std::string cls = text_at(device, "class");
    q.apple = cls == "mac";
    q.mobile = cls == "phone" || cls == "tablet";
    q.gguf = family.starts_with("gguf") || family == "unsloth-dynamic";
    q.bandwidth_gb_s = number_at(device, {"memory", "peak_bandwidth_gb_s"});
    q.memory_gib = number_at(device, {"memory", "capacity_gib"});
    q.cores = unknown;
    if (device.contains("cpu") && device["cpu"].is_object()) {
      q.cores = 0;
      for (const Json& c : list_at(device["cpu"], "clusters")) {
        q.cores += number_at(c, {"cores"});
        const Json isa = list_at(c, "isa");
        q.arm |= std::find(isa.begin(), isa.end(), "neon") != isa.end();
      }
      if (q.cores == 0) q.cores = unknown;
    }
    q.flops = runtime.processor == Processor::cpu
                  ? or_zero(number_at(device, {"cpu", "peak", "fp32_gflops"})) * 1e9
                  : or_zero(first_known({number_at(gpu, {"matrix", "fp16_tflops"}),
                                         number_at(gpu, {"fp16_shader_tflops"}), number_at(gpu, {"fp32_tflops"})})) *
                        1e12;
    q.parameters_b =
        first_known({number_at(model, {"parameters", "counted_text"}), number_at(model, {"parameters", "published"}),
                     number_at(model, {"parameters", "counted_total"})}) /
        1e9;
    q.active_b = q.parameters_b - or_zero(number_at(model, {"counted_detail", "moe_idle"})) / 1e9;
    q.vocabulary = number_at(config, {"vocab_size"});
    q.hidden = number_at(config, {"hidden_size"});
    q.layers = number_at(config, {"num_hidden_layers"});
    q.attention_heads = number_at(config, {"num_attention_heads"});
    q.kv_heads = number_at(config, {"num_key_value_heads"});
    q.head_dim = first_known({number_at(config, {"head_dim"}), q.hidden / q.attention_heads});
    q.tied = config.contains("tie_word_embeddings") && config["tie_word_embeddings"] == true;
    q.moe = config.contains("moe") && !config["moe"].is_null();
    q.experts = number_at(config, {"moe", "num_experts"});
    q.experts_per_token = number_at(config, {"moe", "experts_per_token"});
    q.moe_intermediate = number_at(config, {"moe", "moe_intermediate_size"});
    q.shared_intermediate = or_zero(number_at(config, {"moe", "shared_intermediate_size"}));
    q.weights_B = size_B(r, Metric::model_buffer_mib);
    q.kv_B = size_B(r, Metric::kv_cache_mib);
    // The table of embeddings: in a file with a tied one it has the format of the output.
    const double table = q.vocabulary * q.hidden;
    const double bits = matches(q.quant, "16$") ? 16 : matches(q.quant, "^Q8") ? 8.5 : 6.5625;
    q.embedding_B = q.tied ? (table * bits) / 8 : (table / (q.parameters_b * 1e9)) * q.weights_B;
    return q;
  }

 private:
  static std::string backend_of(const std::string& runtime) {
    if (runtime == "mlx") return "mlx";
    std::smatch found;
    if (std::regex_search(runtime, found, std::regex("(cuda|metal|rocm|vulkan|sycl|opencl)$"))) return found[1];
    return matches(runtime, "tensorrt|transformers") ? "cuda" : "";
  }

  static std::string vendor_of(const std::string& gpu) {
    for (const auto& [vendor, pattern] : {std::pair{"nvidia", "GeForce|RTX|[AH]100|L40|GB10|GA10B|GM20B|Blackwell"},
                                          {"amd", "Radeon"},
                                          {"apple", "Apple"},
                                          {"intel", "Arc|Iris|UHD"}})
      if (matches(gpu, pattern)) return vendor;
    return "";
  }

  /// Weights and caches by our own arithmetic, which is what reading the file would give others.
  double size_B(const ReportRow& r, Metric metric) const {
    Row row;
    row.metric = metric;
    row.query = r.sample->row.query;
    row.query.kv_quant = "";
    row.query.flash_attention = -1;
    const Workload& w = r.sample->workload;
    const auto or_else = [](double x, double usual) { return x > 0 ? x : usual; };
    row.query.workload = {};
    row.query.workload.generate = 0;
    row.query.workload.context =
        std::ceil((or_else(w.prompt, 64) + or_else(w.generate, 128) + or_else(w.depth, 0)) / 256) * 256;
    row.query.workload.prompt = std::min(row.query.workload.context, 512.0);
    return or_zero(predict_row(row, catalog_).value.value) * 1048576;
  }

  const Catalog& catalog_;
  std::map<std::string, Json> devices_, models_;
  std::map<std::string, std::string> families_;  ///< by recipe
};

}  // namespace

bool DeviceSide::holds(const std::string& device_class) const {
  return classes.empty() || std::find(classes.begin(), classes.end(), device_class) != classes.end();
}

const std::vector<DeviceSide>& device_sides() {
  static const std::vector<DeviceSide> all = {
      {"all", "All devices", {}},
      {"small", "Small boards and phones", {"sbc", "jetson", "phone", "npu-module"}},
      {"mac", "Macs", {"mac"}},
      {"card", "Graphics cards", {"dgpu"}}};
  return all;
}

Report::Report(const std::vector<Row>& published, const Catalog& catalog)
    : published_(published), cross_(published, catalog), groups_(cross_.groups("")) {
  for (const auto& [id, of_class] : catalog.device_classes()) class_names_[id] = of_class.name;
  const Questions questions(catalog);
  for (const CrossValidation::Entry& p : cross_.results()) {
    const Query& q = p.sample->row.query;
    ReportRow r{p.sample,
                info(p.sample->metric).kind,
                questions.device_class(q.device),
                catalog.device(q.device)->device.name,
                catalog.model(q.model)->name,
                p.sample->value,
                {}};
    std::copy(std::begin(p.predicted), std::end(p.predicted), r.predicted);
    rows_.push_back(std::move(r));
  }
  std::vector<Prediction> predictions;
  predictions.reserve(published.size());
  for (const Row& row : published) predictions.push_back(predict_row(row, catalog));
  compare_memory(predictions, catalog);
  count_the_rest(predictions);

  const auto more_first = [](const auto& a, const auto& b) {
    const std::size_t x = a.decode.of[unseen].configurations, y = b.decode.of[unseen].configurations;
    return x != y ? x > y : a.id < b.id;
  };
  Ordered<const ReportRow*> classes;
  for (const ReportRow& r : rows_)
    if (r.kind == Kind::decode || r.kind == Kind::prefill) classes[r.device_class].push_back(&r);
  for (const auto& [id, of_class] : classes) {
    std::set<std::string> devices;
    for (const ReportRow* r : of_class) devices.insert(r->sample->row.query.device);
    const auto of = [&, &rows = of_class](Kind kind) {
      return held_out(filtered(rows, [&](const ReportRow& r) { return r.kind == kind; }));
    };
    by_class_.push_back({id, devices.size(), of(Kind::decode), of(Kind::prefill)});
  }
  std::sort(by_class_.begin(), by_class_.end(), more_first);

  std::map<std::string, ByRuntime> runtimes;
  for (const ErrorGroup& g : cross_.groups("runtime"))
    for (const std::size_t way : held_out_ways) {
      if (g.situation != ways[way].name || (g.kind != "decode" && g.kind != "prefill")) continue;
      ByRuntime& r = runtimes[g.group];
      r.id = g.group;
      (g.kind == "decode" ? r.decode : r.prefill).of[way] = g.errors;
    }
  for (const auto& [id, r] : runtimes)
    if (r.decode.of[unseen].configurations + r.prefill.of[unseen].configurations > 0) by_runtime_.push_back(r);
  std::sort(by_runtime_.begin(), by_runtime_.end(), more_first);

  compare_peers(catalog);
  choose_points();
}

RowList Report::of_kind(Kind kind) const {
  RowList out;
  for (const ReportRow& r : rows_)
    if (r.kind == kind) out.push_back(&r);
  return out;
}

ErrorSummary Report::noise(Kind kind) const {
  // point -> study -> values
  std::map<std::string, std::map<std::string, std::vector<double>>> points;
  for (const ReportRow* r : of_kind(kind)) {
    const Workload& w = r->sample->workload;
    points[r->sample->row.configuration + "|" + std::string(to_string(r->sample->metric)) + "|" + count(w.prompt) +
           "|" + count(w.depth)][r->sample->row.source]
        .push_back(r->value);
  }
  ErrorTally tally;
  for (const auto& [point, studies] : points)
    for (const auto& [study, own] : studies) {
      std::vector<double> others;
      for (const auto& [other, values] : studies)
        if (other != study) others.push_back(median(values));
      if (!others.empty()) tally.add(point, median(others), median(own));
    }
  return tally.summary();
}

ErrorSummary Report::overall(std::size_t way, Kind kind) const {
  for (const ErrorGroup& g : groups_)
    if (g.situation == ways[way].name && g.kind == to_string(kind)) return g.errors;
  return {};
}

void Report::compare_memory(const std::vector<Prediction>& predictions, const Catalog& catalog) {
  std::map<std::string, ErrorTally> whole;
  for (std::size_t i = 0; i < published_.size(); ++i) {
    const Row& row = published_[i];
    const double p = predictions[i].value.value;
    if (!row.reason.empty() || !row.placement.empty() || info(row.metric).kind != Kind::memory ||
        !row.exclude.empty() || !(p > 0))
      continue;
    if (!row.host_part) whole[std::string(to_string(row.metric))].add(row.configuration, p, row.value);
  }
  for (const ErrorGroup& g : validate(published_, catalog, "metric").groups)
    if (g.kind == to_string(Kind::memory)) memory_.push_back({g.group, g.errors, whole[g.group].summary()});
}

void Report::count_the_rest(const std::vector<Prediction>& predictions) {
  std::set<std::size_t> used;
  for (const ReportRow& r : rows_) used.insert(r.sample->row.number);
  std::map<std::string, std::size_t> reasons;
  for (std::size_t i = 0; i < published_.size(); ++i) {
    const Row& row = published_[i];
    if (used.count(row.number)) continue;
    const std::string& status = predictions[i].status;
    std::string reason = row.exclude;
    if (reason.rfind("suspect", 0) == 0)
      reason = reason.find("decode collapsed") != std::string::npos
                   ? "suspect: the file pages from storage"
                   : "suspect: about three times more or less than the only comparable row";
    else if (reason.empty() && !row.placement.empty())
      reason = "not the device alone: layers on the host, several devices or the like";
    else if (reason.empty() && row.metric != Metric::count && info(row.metric).kind == Kind::memory)
      reason = "memory: compared as shipped, see By kind";
    else if (reason.empty() && status != "ok")
      reason = status.find("prompt") != std::string::npos ? status : "the format of the cache is not known";
    else if (reason.empty())
      reason = "larger than the memory of the device: it pages or is offloaded";
    reasons[reason] += 1;
  }
  excluded_.assign(reasons.begin(), reasons.end());
  std::stable_sort(excluded_.begin(), excluded_.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
}

void Report::compare_peers(const Catalog& catalog) {
  const RowList single = filtered(of_kind(Kind::decode), [](const ReportRow& r) {
    const std::string& batch = r.sample->row.batch;
    return r.sample->metric == Metric::decode_tok_s && (batch.empty() || batch == "1");
  });
  const Questions questions(catalog);
  using Answers = std::map<const ReportRow*, double>;
  std::vector<Answers> answers(edgewise::peers().size());
  for (const ReportRow* r : single) {
    const PeerQuestion q = questions.of(*r);
    for (std::size_t i = 0; i < answers.size(); ++i) answers[i][r] = edgewise::peers()[i].answer(q);
  }
  for (const Peer& p : edgewise::peers()) peers_.push_back({p.id, p.name, p.url, unknown, {}});

  // The rule of thumb, which is the last, with one factor chosen with all the measurements at hand: as good as it can
  // be.
  const Answers rule = answers.back();
  std::vector<double> ratios;
  for (const auto& [configuration, of] : by_configuration(single)) {
    std::vector<double> own;
    for (const ReportRow* r : of) own.push_back(r->value / rule.at(r));
    ratios.push_back(median(own));
  }
  const double factor = median(ratios);
  answers.push_back(rule);
  for (auto& [row, answer] : answers.back()) answer *= factor;
  peers_.push_back(
      {"scaled", "Bandwidth ÷ file size × " + to_fixed(factor, 2) + ", fitted to these rows", "", factor, {}});

  for (const DeviceSide& side : device_sides()) {
    const RowList here = filtered(single, [&](const ReportRow& r) { return side.holds(r.device_class); });
    own_.push_back(held_out(here));
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      const auto theirs = [&](const ReportRow& r) { return answers[i].at(&r); };
      const RowList of = filtered(here, [&](const ReportRow& r) { return r.predicted[unseen] > 0 && theirs(r) > 0; });
      const RowList known = filtered(of, [](const ReportRow& r) { return r.predicted[calibrated] > 0; });
      peers_[i].on_sides.push_back(
          {errors_of(of, theirs), errors_of(of, unseen), errors_of(known, theirs), errors_of(known, calibrated)});
    }
  }
}

void Report::choose_points() {
  for (const Kind kind : {Kind::decode, Kind::prefill})
    for (const auto& [configuration, of] : by_configuration(of_kind(kind))) {
      const bool any =
          std::any_of(of.begin(), of.end(), [](const ReportRow* r) { return r->predicted[calibrated] > 0; });
      const std::size_t by = any ? calibrated : unseen;
      RowList known = filtered(of, [&](const ReportRow& r) { return r.predicted[by] > 0; });
      if (known.empty()) continue;
      const auto error = [&](const ReportRow* r) { return std::fabs(r->predicted[by] / r->value - 1); };
      std::stable_sort(known.begin(), known.end(), [&](const ReportRow* a, const ReportRow* b) {
        return error(a) != error(b) ? error(a) < error(b) : a->sample->row.id < b->sample->row.id;
      });
      const ReportRow& r = *known[(known.size() - 1) / 2];
      // Times as rates, so that more is faster.
      const auto rate = [&](double x) {
        if (r.sample->metric == Metric::ttft_ms) return (1000 * r.sample->workload.prompt) / x;
        return r.sample->metric == Metric::tpot_ms ? 1000 / x : x;
      };
      ReportPoint p{&r, rate(r.value), {}};
      for (const std::size_t way : held_out_ways)
        p.predicted[way] = r.predicted[way] > 0 ? rate(r.predicted[way]) : unknown;
      points_.push_back(p);
    }
  for (const std::size_t way : held_out_ways) {
    std::vector<Miss>& worst = worst_[way];
    for (const ReportPoint& p : points_) {
      if (!(p.predicted[way] > 0)) continue;
      const double value = to_three_digits(p.value), predicted = to_three_digits(p.predicted[way]);
      worst.push_back({p.row, value, predicted, std::max(predicted / value, value / predicted)});
    }
    std::stable_sort(worst.begin(), worst.end(), [](const Miss& a, const Miss& b) {
      return a.factor != b.factor ? a.factor > b.factor : a.row->sample->row.id < b.row->sample->row.id;
    });
    worst.resize(std::min<std::size_t>(worst.size(), 15));
  }
}

}  // namespace edgewise
