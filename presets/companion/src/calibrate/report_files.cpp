// The two files that a report is written to.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "edgewise/canonical.h"
#include "edgewise/json.h"
#include "edgewise/json_text.h"
#include "edgewise/metric.h"
#include "report.h"
#include "report_numbers.h"

namespace edgewise {

namespace {

using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

constexpr Kind shown_kinds[] = {Kind::decode, Kind::prefill, Kind::throughput, Kind::power, Kind::energy};

const char* word(const std::vector<std::pair<const char*, const char*>>& words, const std::string& id) {
  for (const auto& [key, text] : words)
    if (id == key) return text;
  return nullptr;
}

std::string memory_name(const std::string& metric) {
  const char* name = word({{"model_buffer_mib", "Weights"},
                           {"kv_cache_mib", "KV cache"},
                           {"compute_buffer_mib", "Compute buffers"},
                           {"model_load_mem_mib", "After loading"},
                           {"peak_mem_mib", "Peak"}},
                          metric);
  return name ? name : metric;
}

std::string whole(std::size_t n) { return std::to_string(n); }

std::string percent_or_dash(double x) {
  return is_known(x) ? to_fixed(100 * x, x < 0.0995 ? 1 : 0) + " %" : std::string("–");
}

std::string both(const ErrorSummary& s) {
  return s.configurations > 0 ? percent_or_dash(s.median) + " / " + percent_or_dash(s.p90) : std::string("–");
}

std::string table(const Cells& head, const std::vector<Cells>& body) {
  static const std::set<std::string> words = {"who", "what", "where", "source", "trust"};
  Cells rule;
  for (std::size_t i = 0; i < head.size(); ++i) rule.push_back(i > 0 && !words.count(head[i]) ? "--:" : "---");
  std::string out;
  const auto line = [&](const Cells& cells) {
    out += out.empty() ? "|" : "\n|";
    for (const std::string& cell : cells) out += " " + cell + " |";
  };
  line(head);
  line(rule);
  for (const Cells& cells : body) line(cells);
  return out;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// Who published it; the number of a thread stands in its address.
std::string source_of(const ReportRow& r) {
  static const std::regex number(R"( (issue|PR|discussion)s? #\d+.*$)"), special(R"([\[\]|])");
  return std::regex_replace(std::regex_replace(r.sample->row.source, number, ""), special, " ");
}

std::string link(const ReportRow& r) {
  const std::string& url = r.sample->row.url;
  if (url.rfind("http://", 0) != 0 && url.rfind("https://", 0) != 0) return source_of(r);
  return "[" + source_of(r) + "](" + replaced(url, " ", "%20") + ")";
}

std::string said(const Miss& m) {
  return m.predicted > m.value ? to_fixed(m.predicted / m.value, 1) + " × too fast"
                               : to_fixed(m.value / m.predicted, 1) + " × too slow";
}

/// What the row is of, in names.
std::string name(const ReportRow& r) {
  const RowSample& s = *r.sample;
  const Query& q = s.row.query;
  return r.model_name + " " + q.quant + " on " + r.device_name +
         (q.power_mode.empty() ? "" : " (" + q.power_mode + ")") + ", " + s.runtime->name;
}

template <class Of>
std::size_t distinct(const std::vector<ReportRow>& rows, const Of& of) {
  std::set<std::string> all;
  for (const ReportRow& r : rows) all.insert(of(r.sample->row));
  return all.size();
}

std::string join(const Cells& parts, const char* separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) out += (i > 0 ? separator : "") + parts[i];
  return out;
}

Json four_decimals(double x) { return is_known(x) ? Json(std::stod(to_fixed(x, 4))) : Json(nullptr); }

Json small(const ErrorSummary& s, bool coverage = false) {
  if (s.configurations == 0) return nullptr;
  Json out = {s.configurations, four_decimals(s.median), four_decimals(s.p90)};
  if (coverage) out.push_back(four_decimals(s.coverage));
  return out;
}

/// Words that points refer to by number, in the order in which they first come.
class Words {
 public:
  std::size_t index(const std::string& word) {
    const auto at = static_cast<std::size_t>(std::find(words_.begin(), words_.end(), word) - words_.begin());
    if (at == words_.size()) words_.push_back(word);
    return at;
  }
  const Cells& all() const { return words_; }

 private:
  Cells words_;
};

}  // namespace

std::string Report::text(const std::string& measurements) const {
  const std::size_t counted = rows_.size();
  std::set<std::string> blind_runtimes;
  std::map<std::string, bool> blind;  // decode configurations: whether none of their rows has an unseen prediction
  for (const ReportRow* r : of_kind(Kind::decode)) {
    bool& none = blind.emplace(r->sample->row.configuration, true).first->second;
    none = none && !(r->predicted[unseen] > 0);
  }
  std::set<std::string> blind_configurations;
  for (const ReportRow* r : of_kind(Kind::decode))
    if (blind.at(r->sample->row.configuration) && blind_configurations.insert(r->sample->row.configuration).second)
      blind_runtimes.insert(r->sample->runtime->name);
  const std::string blindness =
      blind_configurations.empty()
          ? ""
          : "\n" + whole(blind_configurations.size()) +
                " decode configurations have no unseen prediction, because neither a datasheet nor another device says "
                "how fast their processor is:\n" +
                join({blind_runtimes.begin(), blind_runtimes.end()}, "; ") + ".";

  std::vector<Cells> kinds, memory, classes, runtimes, rest, left_out;
  for (const Kind k : {Kind::decode, Kind::prefill}) {
    Cells line = {to_string(k)};
    for (const std::size_t way : {row_out, calibrated, study_out, unseen, class_out}) {
      const ErrorSummary e = overall(way, k);
      line.push_back(both(e) + ", " + percent_or_dash(e.coverage) + " of " + whole(e.configurations));
    }
    const ErrorSummary n = noise(k);
    line.push_back(both(n) + " of " + whole(n.configurations));
    left_out.push_back(std::move(line));
  }
  for (const Kind k : shown_kinds) {
    const ErrorSummary c = overall(calibrated, k), u = overall(unseen, k), s = overall(shipped, k);
    kinds.push_back({to_string(k), whole(c.configurations), both(c), percent_or_dash(c.coverage),
                     whole(u.configurations), both(u), percent_or_dash(u.coverage), both(s)});
  }
  for (const Memory& m : memory_)
    memory.push_back({memory_name(m.metric), whole(m.all.configurations), both(m.all), percent_or_dash(m.all.coverage),
                      whole(m.whole.configurations), both(m.whole)});
  for (const ByClass& c : by_class_)
    classes.push_back({class_names_.count(c.id) ? class_names_.at(c.id) : c.id, whole(c.devices),
                       whole(c.decode.of[unseen].configurations), both(c.decode.of[calibrated]),
                       both(c.decode.of[unseen]), both(c.prefill.of[calibrated]), both(c.prefill.of[unseen])});
  std::map<std::string, std::string> runtime_names;
  for (const ReportRow& r : rows_) runtime_names[r.sample->runtime->id] = r.sample->runtime->name;
  for (const ByRuntime& r : by_runtime_)
    runtimes.push_back({runtime_names.at(r.id), whole(r.decode.of[unseen].configurations),
                        both(r.decode.of[calibrated]), percent_or_dash(r.decode.of[calibrated].coverage),
                        both(r.decode.of[unseen]), percent_or_dash(r.decode.of[unseen].coverage),
                        both(r.prefill.of[calibrated]), both(r.prefill.of[unseen])});
  for (const auto& [reason, n] : excluded_) rest.push_back({reason, whole(n)});

  Cells sides;
  for (std::size_t i = 0; i < device_sides().size(); ++i) {
    std::vector<Cells> lines;
    for (const PeerLine& p : peers_) {
      const PeerErrors& e = p.on_sides[i];
      lines.push_back({p.url.empty() ? p.name : "[" + p.name + "](" + p.url + ")", whole(e.theirs.configurations),
                       both(e.theirs), both(e.unseen), whole(e.on_calibrated.configurations), both(e.on_calibrated),
                       both(e.calibrated)});
    }
    const HeldOut& own = own_[i];
    sides.push_back(std::string("**") + device_sides()[i].title + "**: Edgewise, all " +
                    whole(own.of[unseen].configurations) + " configurations: unseen " + both(own.of[unseen]) +
                    "; calibrated " + both(own.of[calibrated]) + " of " + whole(own.of[calibrated].configurations) +
                    ".\n\n" +
                    table({"who", "configurations", "median / p90", "Edgewise there, unseen", "configurations",
                           "median / p90", "Edgewise there, calibrated"},
                          lines));
  }

  Cells misses;
  for (const std::size_t way : held_out_ways) {
    std::vector<Cells> lines;
    for (const Miss& m : worst_[way])
      lines.push_back({name(*m.row), to_string(m.row->kind), number_text(m.value), number_text(m.predicted), said(m),
                       m.row->sample->row.trust, link(*m.row)});
    misses.push_back(std::string("**") + (way == calibrated ? "Calibrated" : "Unseen") + "**\n\n" +
                     table({"who", "what", "measured", "predicted", "off by", "trust", "source"}, lines));
  }

  return R"(<!-- Written by `edgewise report`: do not edit. -->
# How accurate the predictions are

```
./dev fit
```

fits the calibrations and has `edgewise report` write this file and `presets/accuracy.json`, which the page draws, from `)" +
         measurements + R"(` and the presets.

## What is compared

)" + whole(counted) +
         " published values of " + whole(distinct(rows_, [](const Row& r) { return r.query.device; })) + " devices, " +
         whole(distinct(rows_, [](const Row& r) { return r.query.runtime; })) + " runtimes and " +
         whole(distinct(rows_, [](const Row& r) { return r.query.model; })) + " models, from " +
         whole(distinct(rows_, [](const Row& r) { return r.source; })) + R"( sources.
The shipped parameters are fitted to them, so each is predicted once more by a fit that has not seen it:

- **Calibrated**: the model is left out. The board is fitted to what was measured on it with *other* models, with the same runtime
  and in the same power mode. This is what to expect of a new model on a device with published measurements.
- **Unseen**: the device is left out, with all its runtimes and memory sizes. What remains is its datasheet and what is known of the
  runtime on other devices, of its class where there are any. This is what to expect on a device nobody measured.
- **As shipped**: nothing is left out. These errors say how well the fit can bend, not how well it predicts; no claim rests on them.

Calibrated needs another model on the same board, so it has fewer configurations: compare columns with their counts in mind.)" +
         blindness + R"(

The error of a row is |predicted ÷ measured − 1|. A configuration is a device, power mode, runtime, model, quantization, cache format,
threads and batch; its error is the median over its rows (prompt lengths, depths, repetitions), and it has one vote. Tables give
the median and the 90th percentile over configurations. *Inside* is the share of measurements within the 80 % range that the
tool shows for that situation; the ranges come from these same held-out errors.

## By kind

)" +
         table({"what", "configurations", "calibrated, median / p90", "inside", "configurations",
                "unseen, median / p90", "inside", "as shipped, median / p90"},
               kinds) +
         R"(

**By what was left out.** Median / 90th percentile, share inside, configurations:

)" +
         table({"what", "a fifth of the board's rows", "the model", "the study", "the board", "its class",
                "two studies of one configuration"},
               left_out) +
         R"(

A new study of a known board is what a reader has. The last column is what two studies of one configuration differ by: no prediction of a
study that it has not seen can be expected to be nearer, and `--known` with one number of one's own is how to come nearer.

Decode and prefill include times (to the first token, between tokens). Throughput contains both and is fitted to neither. Power and
energy hang on what the sensor of a study sees: a wall socket, a module, a single rail. What an unseen device's sensor sees is not
known, so all its power is compared with, for example, one rail.

Memory is arithmetic with nothing fitted to a device, so there is one situation. llama.cpp logs a buffer per backend, and some rows hold
only what stays with the host beside a card: an embedding table, a small scratch buffer. The last columns leave those rows out,
by their note. Sums that hold repacked copies are compared with the weights alone.

)" + table({"what", "configurations", "median / p90", "inside", "whole", "median / p90"}, memory) +
         R"(

## By device class

)" +
         table({"what", "devices", "configurations", "decode calibrated", "decode unseen", "prefill calibrated",
                "prefill unseen"},
               classes) +
         R"(

Median / 90th percentile; the configurations are those of decode, unseen. Of few configurations neither means much.

## By runtime

)" +
         table({"what", "configurations", "decode calibrated", "inside", "decode unseen", "inside",
                "prefill calibrated", "prefill unseen"},
               runtimes) +
         R"(

## Other calculators

Decode of one sequence, )" +
         whole(own_[0].of[unseen].configurations) +
         R"( configurations. The formulas are those of the projects' source (`peers.cpp` of the companion), with the data of the presets: datasheet
bandwidth and arithmetic of the device, parameters, exact file size. Their own device tables differ in places: canirun.ai has 32 GB/s
for a Raspberry Pi 5, whose memory moves 17. Where a project has no answer (NPUs, formats it does not offer) the row does not count
for it, so each line has its own rows; Edgewise beside it is measured on exactly those, always by fits that have not seen
them.
None of these projects promises more than a rough guess, and MAX TPS is meant as an upper bound. An estimate that is too low is never
wrong by more than 100 %, so this error is kind to cautious formulas. Of experts, the rule of thumb counts the share that one token uses.

)" + join(sides, "\n\n") +
         R"(

## The worst misses

Decode and prefill configurations furthest from their measurement. Trust: A raw logs, B vendor tables, C crowd or second-hand.

)" + join(misses, "\n\n") +
         R"(

Rates in tokens a second. What we think the reasons are stands in `DIARY.md`.

## Rows that do not count

)" + whole(published_.size()) +
         " rows are published; " + whole(counted) + " are compared above, " + whole(published_.size() - counted) +
         " are not:\n\n" + table({"what", "rows"}, rest) + "\n";
}

std::string Report::page_data() const {
  Words devices, models, quants, runtimes, modes;
  const auto place = [&](const ReportRow& r, Json& out) {
    const Query& q = r.sample->row.query;
    for (const std::size_t i : {devices.index(q.device), models.index(q.model), quants.index(q.quant),
                                runtimes.index(q.runtime), modes.index(q.power_mode)})
      out.push_back(i);
  };
  const auto side_of = [](const ReportRow& r) {
    for (std::size_t i = 1; i < device_sides().size(); ++i)
      if (device_sides()[i].holds(r.device_class)) return i;
    return std::size_t{0};
  };
  const auto is_prefill = [](const ReportRow& r) { return r.kind == Kind::prefill ? 1 : 0; };

  Json kinds = Json::object(), memory = Json::object(), by_runtime = Json::array(), by_class = Json::array(),
       own = Json::object(), all_peers = Json::array(), worst = Json::object(), points = Json::array();
  for (const Kind k : shown_kinds)
    for (const std::size_t way : {calibrated, unseen, row_out, study_out, class_out})
      if (const ErrorSummary e = overall(way, k); e.configurations > 0)
        kinds[to_string(k)][ways[way].name] = small(e, true);
  for (const Kind k : {Kind::decode, Kind::prefill})
    if (const ErrorSummary e = noise(k); e.configurations > 0)
      kinds[to_string(k)]["noise"] = Json{{"configurations", e.configurations},
                                          {"median", std::stod(to_fixed(e.median, 4))},
                                          {"p90", std::stod(to_fixed(e.p90, 4))}};
  for (const Memory& m : memory_) memory[m.metric] = small(m.whole);
  const auto held = [](const std::string& id, const HeldOut& decode, const HeldOut& prefill, bool coverage) {
    Json line = Json::array({id});
    for (const HeldOut* h : {&decode, &prefill})
      for (const std::size_t way : held_out_ways) line.push_back(small(h->of[way], coverage));
    return line;
  };
  for (const ByRuntime& r : by_runtime_) by_runtime.push_back(held(r.id, r.decode, r.prefill, true));
  for (const ByClass& c : by_class_) by_class.push_back(held(c.id, c.decode, c.prefill, false));
  for (std::size_t i = 0; i < device_sides().size(); ++i)
    for (const std::size_t way : held_out_ways) own[device_sides()[i].id][ways[way].name] = small(own_[i].of[way]);
  for (const PeerLine& p : peers_) {
    Json groups = Json::object();
    for (std::size_t i = 0; i < device_sides().size(); ++i) {
      const PeerErrors& e = p.on_sides[i];
      groups[device_sides()[i].id] =
          Json::array({small(e.theirs), small(e.unseen), small(e.on_calibrated), small(e.calibrated)});
    }
    Json line = {{"id", p.id}, {"name", p.name}, {"url", p.url}};
    if (is_known(p.factor)) line["factor"] = std::stod(to_fixed(p.factor, 2));
    line["groups"] = std::move(groups);
    all_peers.push_back(std::move(line));
  }
  for (const std::size_t way : held_out_ways) {
    Json& list = worst[ways[way].name] = Json::array();
    for (const Miss& m : worst_[way]) {
      Json line = Json::array({is_prefill(*m.row), m.value, m.predicted, m.row->sample->row.trust, source_of(*m.row),
                               m.row->sample->row.url});
      place(*m.row, line);
      list.push_back(std::move(line));
    }
  }
  for (const ReportPoint& p : points_) {
    Json line = Json::array({to_three_digits(p.value), to_three_digits(p.predicted[calibrated]),
                             to_three_digits(p.predicted[unseen]), is_prefill(*p.row), side_of(*p.row)});
    place(*p.row, line);
    points.push_back(std::move(line));
  }

  const Json document = {{"generated", "by edgewise report"},
                         {"counts",
                          {{"rows", rows_.size()},
                           {"devices", distinct(rows_, [](const Row& r) { return r.query.device; })},
                           {"runtimes", distinct(rows_, [](const Row& r) { return r.query.runtime; })},
                           {"models", distinct(rows_, [](const Row& r) { return r.query.model; })},
                           {"excluded", published_.size() - rows_.size()}}},
                         {"kinds", kinds},
                         {"memory", memory},
                         {"byRuntime", by_runtime},
                         {"byClass", by_class},
                         {"own", own},
                         {"peers", all_peers},
                         {"worst", worst},
                         {"points", points},
                         {"devices", devices.all()},
                         {"models", models.all()},
                         {"quants", quants.all()},
                         {"runtimes", runtimes.all()},
                         {"modes", modes.all()}};
  // A list of lists has a line for each.
  Cells members;
  for (const auto& [key, value] : document.items()) {
    std::string text = one_line(value);
    if (value.is_array() && !value.empty() && value[0].is_array()) {
      Cells lines;
      for (const Json& line : value) lines.push_back(one_line(line));
      text = "[\n" + join(lines, ",\n") + "\n]";
    }
    members.push_back(to_text(key) + ": " + text);
  }
  return "{\n" + join(members, ",\n") + "\n}\n";
}

}  // namespace edgewise
