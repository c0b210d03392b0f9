#include "edgewise/edits.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "edgewise/check.h"
#include "edgewise/edited_preset.h"
#include "edgewise/levers_json.h"
#include "edgewise/presets.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using edgewise::test::shipped;

namespace {

Query on(const char* device, std::vector<std::string> set = {}) {
  Query q;
  q.model = "llama-3.2-1b";
  q.device = device;
  q.set = std::move(set);
  return q;
}

Errors refused(std::vector<std::string> set, const char* device = "raspberry-pi-5-8gb") {
  const auto a = answer(shipped(), on(device, std::move(set)));
  return a ? Errors() : a.errors();
}

}  // namespace

TEST_CASE("a number that is stated as it is leaves the answer as sure as it was") {
  const auto before = answer(shipped(), on("raspberry-pi-5-8gb"));
  const auto after =
      answer(shipped(), on("raspberry-pi-5-8gb", {"memory.peak_bandwidth_gb_s=17.1", "power.load_w=13.8"}));
  REQUIRE(before);
  REQUIRE(after);
  CHECK(after->sureness() == before->sureness());
  for (const Term t : {Term::decode_tok_s, Term::ttft_s, Term::decode_w}) {
    CHECK(after->ranged(t).low == before->ranged(t).low);
    CHECK(after->ranged(t).high == before->ranged(t).high);
  }
}

TEST_CASE("an edited peak moves what was measured, and shares stay") {
  const auto before = answer(shipped(), on("raspberry-pi-5-8gb"));
  const auto after = answer(shipped(), on("raspberry-pi-5-8gb", {"memory.peak_bandwidth_gb_s=34.2 GB/s"}));
  REQUIRE(before);
  REQUIRE(after);
  CHECK(after->estimate[Term::memory_bandwidth_Bps] == Approx(2 * before->estimate[Term::memory_bandwidth_Bps]));
  CHECK(after->estimate[Term::bandwidth_share] == before->estimate[Term::bandwidth_share]);
  CHECK(after->estimate[Term::decode_tok_s] > 1.2 * before->estimate[Term::decode_tok_s]);
  // Nobody has measured it.
  CHECK(before->sureness() == Sureness::fitted);
  CHECK(after->sureness() == Sureness::related);
  const auto width = [](const Answer& a) {
    return a.ranged(Term::decode_tok_s).high / a.ranged(Term::decode_tok_s).low;
  };
  CHECK(width(*after) >= width(*before));
  const auto document = to_json(*after);
  CHECK(document["edited"][0]["field"] == "memory.peak_bandwidth_gb_s");
  CHECK(document["edited"][0]["from"] == 17.1);
  CHECK(document["edited"][0]["to"] == 34.2);
  CHECK(document["query"]["set"][0] == "memory.peak_bandwidth_gb_s=34.2");
  CHECK(document["warnings"][0]["code"] == "edited");
  CHECK_FALSE(to_json(*before).contains("edited"));
  // What is no speed leaves its sureness.
  CHECK(answer(shipped(), on("raspberry-pi-5-8gb", {"price_usd=120"}))->sureness() == Sureness::fitted);
}

TEST_CASE("an edit counts in every power mode") {
  for (const auto& [id, preset] : shipped().devices())
    for (const PowerMode& m : preset.device.power_modes) {
      if (!is_known(m.memory_bandwidth_Bps)) continue;
      Query q = on(id.c_str());
      q.power_mode = m.id;
      const auto before = answer(shipped(), q);
      if (!before) continue;
      with_edit(q.set, *find_editable("memory.peak_bandwidth_gb_s"), 3e-9 * preset.device.memory_bandwidth_Bps);
      const auto after = answer(shipped(), q);
      INFO(id << " " << m.id);
      REQUIRE(after);
      CHECK(after->device.memory_bandwidth_Bps == Approx(3 * before->device.memory_bandwidth_Bps));
    }
}

TEST_CASE("more bandwidth never makes decoding slower") {
  for (const auto& [id, preset] : shipped().devices()) {
    const double peak = preset.device.memory_bandwidth_Bps / 1e9;
    if (!is_known(peak) || shipped().runtimes_for(preset.device).empty()) continue;
    double last = 0;
    for (const double by : {0.5, 1.0, 1.5, 2.0, 8.0}) {
      Query q = on(id.c_str());
      with_edit(q.set, *find_editable("memory.peak_bandwidth_gb_s"), by * peak);
      const auto a = answer(shipped(), q);
      INFO(id << " x" << by);
      REQUIRE(a);
      const double speed = a->estimate[Term::decode_tok_s];
      if (is_known(speed)) CHECK(speed >= last * (1 - 1e-12));
      if (is_known(speed)) last = speed;
    }
  }
}

TEST_CASE("every field that can be edited changes a term, or is said not to") {
  for (const auto& [id, preset] : shipped().devices()) {
    const auto a = answer(shipped(), on(id.c_str()));
    if (!a) continue;
    for (const Editable& e : editable(shipped(), *a)) {
      INFO(id << " " << e.field->path);
      if (e.field->is_word()) continue;
      Query q = a->query;
      with_edit(q.set, *e.field, is_known(e.value) ? std::min(1.5 * e.value, e.field->max) : e.field->min);
      const auto after = answer(shipped(), q);
      if (!after) continue;  // beyond what goes with the rest
      bool same = true;
      for (std::size_t i = 0; i < term_count; ++i) {
        const double x = a->estimate.term[i], y = after->estimate.term[i];
        same = same && (x == y || (!is_known(x) && !is_known(y)));
      }
      if (!same) CHECK(e.counts);
      if (same && !e.counts) {
        const Errors said = warnings(*after);
        CHECK(std::any_of(said.begin(), said.end(), [](const Error& w) { return w.code == "no_effect"; }));
      }
    }
  }
}

TEST_CASE("what cannot be edited so is refused with its path") {
  struct Case {
    const char *text, *code, *path;
  };
  for (const Case& c : {Case{"memory.peak_bandwidth_gb_s", "missing", "set[0]"},
                        {"memory.bandwidth=34", "unknown_key", "device.memory.bandwidth"},
                        {"memory.capacity_gib=nan", "wrong_type", "device.memory.capacity_gib"},
                        {"memory.capacity_gib=", "wrong_type", "device.memory.capacity_gib"},
                        {"memory.capacity_gib=16 GB/s", "wrong_unit", "device.memory.capacity_gib"},
                        {"memory.capacity_gib=-4", "out_of_range", "device.memory.capacity_gib"},
                        {"memory.capacity_gib=1e9", "out_of_range", "device.memory.capacity_gib"},
                        {"memory.capacity_gib=0.07", "inconsistent", "device.memory.capacity_gib"},
                        {"power.idle_w=500", "inconsistent", "device.power.idle_w"},
                        {"power.load_w=0.5", "inconsistent", "device.power.load_w"},
                        {"storage.kind=floppy", "unknown_word", "device.storage.kind"},
                        {"storage.kind=ufs", "inconsistent", "device.storage.kind"},
                        {"npu.tops=4", "unsupported", "device.npu.tops"}}) {
    INFO(c.text);
    const Errors errors = refused({c.text});
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].code == c.code);
    CHECK(errors[0].path == c.path);
  }
  CHECK(refused({"price_usd=1", "device.price_usd=2"})[0].code == "duplicate");
  CHECK(refused({"device.storage.kind=sd"}).empty());
  CHECK(refused({"storage.kind=ufs", "storage.read_mb_s=900"}).empty());
  // Put aside where the page changes the device under it.
  const Choice lenient = choose(shipped(), on("raspberry-pi-5-8gb", {"npu.tops=4"}), Misfit::put_aside);
  REQUIRE(lenient.answer);
  CHECK(lenient.put_aside[0].field == "set");
  CHECK(lenient.query.set.empty());
}

TEST_CASE("what is unknown becomes known by an edit") {
  for (const auto& [id, preset] : shipped().devices()) {
    const auto a = answer(shipped(), on(id.c_str()));
    if (!a || is_known(preset.device.idle_w) || preset.device.full_power_w() < 1) continue;
    const auto after = answer(shipped(), on(id.c_str(), {"power.idle_w=0.5"}));
    INFO(id);
    REQUIRE(after);
    CHECK(after->estimate[Term::device_idle_w] == 0.5);
    return;
  }
}

TEST_CASE("an edited preset answers as the edited question, and passes the check") {
  const auto presets = edgewise::test::preset_texts("devices");
  REQUIRE_FALSE(presets.empty());
  std::size_t n = 0;
  for (const auto& [name, text] : presets) {
    const auto preset = nlohmann::ordered_json::parse(text);
    // A part of them takes long enough; those of which nobody knows the power are few.
    if (n++ % 9 != 0 && preset.contains("power")) continue;
    const auto id = preset["id"].get<std::string>();
    const auto plain = answer(shipped(), on(id.c_str()));
    if (!plain) continue;
    Query q = on(id.c_str());
    const Device& d = shipped().device(id)->device;
    for (const EditableField& f : editable_fields()) {
      const double x = f.there(d) ? f.get(d) : unknown;
      if (is_known(x) && !f.is_word()) with_edit(q.set, f, (f.of == EditableField::Of::power ? 1.25 : 0.75) * x);
    }
    const auto a = answer(shipped(), q);
    INFO(id);
    REQUIRE(a);
    const auto made = edited_preset(*a, text, "edited-board");
    REQUIRE(made);
    Catalog catalog = shipped();
    const auto problems = check(*made, catalog, {});
    for (const auto& p : problems) FAIL_CHECK(p.path << ": " << p.message);
    REQUIRE(add_preset(catalog, *made));
    const auto same = answer(catalog, on("edited-board"));
    REQUIRE(same);
    for (std::size_t i = 0; i < term_count; ++i) {
      const double x = a->estimate.term[i], y = same->estimate.term[i];
      INFO(info(static_cast<Term>(i)).id << " " << x << " " << y);
      CHECK(((!is_known(x) && !is_known(y)) || y == Approx(x).epsilon(1e-9)));
    }
    CHECK(same->sureness() == a->sureness());
    CHECK(same->device.edits.size() == a->device.edits.size());
    CHECK_FALSE(edited_preset(*plain, text, "edited-board"));
    CHECK_FALSE(edited_preset(*a, text, id));
  }
}

TEST_CASE("what would help is what the answer to the changed question says") {
  const auto a = answer(shipped(), on("raspberry-pi-5-8gb"));
  REQUIRE(a);
  for (const char* term : {"decode_tok_s", "ttft_s", "energy_per_token_J"}) {
    const auto found = what_if(shipped(), *a, term);
    REQUIRE(found);
    REQUIRE_FALSE(found->empty());
    double last = 1e9;
    for (const WhatIf& w : *found) {
      INFO(term << " " << w.label);
      CHECK(w.gain <= last);
      CHECK(w.gain >= 1.01);
      last = w.gain;
      if (!w.askable) continue;
      const auto after = answer(shipped(), w.query);
      REQUIRE(after);
      CHECK(after->ranged(find_term(term)).value == w.value.value);
      CHECK(after->model->is_made_in(*after->quantization));
    }
  }
  CHECK(what_if(shipped(), *a, "layers").errors()[0].path == "term");
  const auto decode = what_if(shipped(), *a, "decode_tok_s");
  CHECK(std::any_of(decode->begin(), decode->end(), [](const WhatIf& w) { return w.kind == WhatIf::Kind::bandwidth; }));
}

TEST_CASE("a sweep says where memory ends") {
  Query q = on("raspberry-pi-5-8gb");
  q.model = "llama-3.1-8b";
  const auto swept = sweep(shipped(), q, "depth", {{0, 16384, 65536}, {}});
  REQUIRE(swept);
  REQUIRE(is_known(swept->last_fit));
  CHECK(swept->first_unfit == swept->last_fit + 1);
  const auto at = [&](double depth) {
    q.workload.depth = depth;
    return exceeds_usable(answer(shipped(), q)->estimate);
  };
  CHECK_FALSE(at(swept->last_fit));
  CHECK(at(swept->first_unfit));
  CHECK(*swept->points[0].fits);
  CHECK_FALSE(*swept->points[2].fits);
  q.workload.depth = 0;
  const auto quants = sweep(shipped(), q, "quant", {});
  REQUIRE(quants);
  CHECK(quants->names.size() > 5);
  CHECK(quants->columns[0].values.front() > quants->columns[0].values.back());
  const auto named = sweep(shipped(), q, "quant", {{}, {"Q4_K_M", "nonsense"}});
  REQUIRE(named);
  CHECK(named->points[1].errors[0].path == "quant");
  const auto bandwidth = sweep(shipped(), q, "memory.peak_bandwidth_gb_s", {{17.1, 34.2}, {}});
  REQUIRE(bandwidth);
  CHECK(bandwidth->columns[5].values[1] > bandwidth->columns[5].values[0]);
}

TEST_CASE("a sweep names what an answer names: ranges where these are known alone, power modes by their watts") {
  const auto swept = sweep(shipped(), on("snapdragon-8-elite-16gb"), "batch", {{1, 2}, {}});
  REQUIRE(swept);
  for (const Sweep::Column& c : swept->columns) {
    const Ranged r = answer(shipped(), on("snapdragon-8-elite-16gb"))->ranged(c.term);
    INFO(info(c.term).id);
    CHECK(is_known(c.values[0]) == is_known(r.value));
    CHECK(is_known(c.low[0]) == is_known(r.low));
  }
  Query q = on("jetson-agx-orin-64gb");
  const auto modes = sweep(shipped(), q, "power_mode", {{15}, {}});
  REQUIRE(modes);
  q.power_mode = "15w";
  CHECK(modes->columns[0].values[0] == answer(shipped(), q)->estimate[modes->columns[0].term]);
  CHECK(modes->columns[7].values[0] == answer(shipped(), q)->estimate[modes->columns[7].term]);
  CHECK(sweep(shipped(), q, "power_mode", {{17}, {}}).errors()[0].code == "unknown_id");
}

TEST_CASE("nothing attains more than its roofs") {
  for (const auto& [id, preset] : shipped().devices()) {
    const auto a = answer(shipped(), on(id.c_str()));
    if (!a) continue;
    const Roofline r = roofline(*a);
    INFO(id);
    CHECK(r.bandwidth.peak == a->device.memory_bandwidth_Bps);
    for (const Roofline::Ceiling& c : r.ceilings) {
      CHECK(c.peak > 0);
      CHECK(c.ridge.peak == Approx(c.peak / r.bandwidth.peak));
    }
    for (const Roofline::Point& p : r.points) {
      if (!is_known(p.ops_per_s.value) || !r.alone) continue;
      CHECK(p.ops_per_s.value <= 1.001 * p.intensity * r.bandwidth.peak);
      CHECK((!is_known(p.ops_per_s.low) || p.ops_per_s.low <= p.ops_per_s.value));
    }
  }
}
