#include "edgewise/ways_out.h"

#include <algorithm>
#include <cmath>

#include "drafting.h"
#include "edgewise/options.h"
#include "edgewise/text.h"
#include "edgewise/tower.h"
#include "offered.h"
#include "order.h"

namespace edgewise {

namespace {

/// What is a tenth faster is worth a change.
constexpr double most_of_slowness = 0.9;
/// Share of the file's bytes from which recipes of two runtimes are of about the same quality: the 4-bit formats of
/// all of them lie within it.
constexpr double as_many_bits = 0.75;
/// A context below this holds no conversation.
constexpr double least_context = 1024;

/// "qwen3" of "qwen3-30b-a3b".
std::string_view series(const Model& m) { return std::string_view(m.id).substr(0, m.id.find('-')); }

/// Something to ask with, and what it is ordered by. One type for all: a page downloads each sort.
struct Candidate {
  std::string id;
  double size;
};

class Search {
 public:
  using Kind = WayOut::Kind;

  Search(const Catalog& catalog, const Answer& asked)
      : catalog_(catalog),
        asked_(asked),
        verdict_(verdict(asked)),
        ran_(verdict_ != Verdict::does_not_run && verdict_ != Verdict::undecided),
        slowness_(slowness(asked.estimate)) {}

  std::vector<WayOut> run() {
    quantization();
    kv_cache();
    context();
    batch();
    runtime();
    session();
    gpu_memory();
    power_mode();
    option();
    draft();
    model();
    device();
    // No speed comes near the step between two verdicts, nor between what is there and what must be bought.
    order_by(found_, [](const WayOut& w) {
      return 1e12 * static_cast<double>(w.verdict) + (w.kind == Kind::device ? 1e11 : 0) -
             (is_known(w.decode_tok_s.value) ? w.decode_tok_s.value : 0);
    });
    if (found_.size() > most_ways_out) found_.erase(found_.begin() + most_ways_out, found_.end());
    return std::move(found_);
  }

 private:
  struct Tried {
    Answer answer;
    Verdict verdict;
  };

  /// The answer to the changed question, where it is worth the change.
  std::optional<Tried> better(const Query& q) const {
    auto a = answer(catalog_, q);
    // Of a runtime whose calibrations are not here (yet) the answer would change once they are.
    if (!a || !catalog_.calibrations(a->runtime->id)) return std::nullopt;
    // One that does not start as it is asked takes a second change.
    if (is_known(starting_share(*a)) && !is_known(starting_share(asked_))) return std::nullopt;
    if (is_beyond_context(a->cost, a->estimate)) return std::nullopt;
    const Verdict v = verdict(*a);
    if (v == Verdict::runs_well) return Tried{std::move(*a), v};
    // What does not run, or may not, is no better off for doing so faster.
    const bool open = !ran_ || verdict_ == Verdict::likely_fits;
    if (v == Verdict::undecided || v > verdict_ || (v == verdict_ && open)) return std::nullopt;
    if (ran_ && !(slowness(a->estimate) <= most_of_slowness * slowness_)) return std::nullopt;
    // An earlier first token is no way out where the rest comes later than it can be read.
    if (ran_ && slower_than_reading(a->estimate) && a->estimate[Term::tpot_mean_s] > asked_.estimate[Term::tpot_mean_s])
      return std::nullopt;
    return Tried{std::move(*a), v};
  }

  void add(Kind kind, const Tried& t) {
    const Estimate& e = t.answer.estimate;
    found_.push_back({kind, t.answer.query, t.verdict, e[Term::memory_B], e[Term::usable_B], e[Term::ttft_s],
                      t.answer.ranged(Term::decode_tok_s), label(kind, t.answer)});
  }

  std::string label(Kind kind, const Answer& a) const {
    const Query& q = a.query;
    switch (kind) {
      case Kind::quantization:
        return q.quant;
      case Kind::kv_cache:
        return "KV cache " + q.kv_quant;
      case Kind::context:
        return shortened_to(a);
      case Kind::batch:
        return count(q.workload.batch) + (q.workload.batch == 1 ? " sequence at once" : " sequences at once");
      case Kind::runtime:
        return a.runtime->name + ", " + q.quant;
      case Kind::session:
        return "without a desktop";
      case Kind::gpu_memory:
        return count(q.workload.gpu_memory_gib) + " GiB lent to the GPU";
      case Kind::power_mode:
        return "power mode " + q.power_mode;
      case Kind::option:
        return left_out(a.query);
      case Kind::draft:
        return "without drafts";
      case Kind::model:
        return a.quantization->id == asked_.quantization->id ? a.model->name
                                                             : a.model->name + ", " + a.quantization->id;
      case Kind::device:
        return a.device.name + " ($" + count(a.estimate[Term::price_usd]) + ")";
    }
    return {};
  }

  /// "context 8192, prompt 8064".
  std::string shortened_to(const Answer& a) const {
    const Workload &w = a.query.workload, &asked = asked_.query.workload;
    std::string out = "context " + count(a.estimate[Term::context_tokens]);
    if (w.prompt != asked.prompt) out += ", prompt " + count(w.prompt);
    if (w.depth != asked.depth) out += ", depth " + count(w.depth);
    return out;
  }

  /// The best of many questions: the first that runs well, else by its verdict, and of one verdict the fastest; of what
  /// does not run as it was asked, the most tokens and sequences that do.
  void best_of(Kind kind, const std::vector<Query>& questions) {
    const bool the_most = !ran_ && (kind == Kind::context || kind == Kind::batch);
    std::optional<Tried> best;
    for (const Query& q : questions) {
      auto tried = better(q);
      if (!tried) continue;
      if (!best || tried->verdict < best->verdict ||
          (!the_most && tried->verdict == best->verdict &&
           slowness(tried->answer.estimate) < slowness(best->answer.estimate)))
        best = std::move(tried);
      if (best->verdict == Verdict::runs_well) break;
    }
    if (best) add(kind, *best);
  }

  /// The question with each candidate in place of a text, the largest first.
  std::vector<Query> with(std::string Query::*member, std::vector<Candidate> candidates) const {
    order_by(candidates, [](const Candidate& c) { return -c.size; });
    std::vector<Query> out(candidates.size(), asked_.query);
    for (std::size_t i = 0; i < out.size(); ++i) out[i].*member = std::move(candidates[i].id);
    return out;
  }

  /// What people choose between and what the model is published in, of fewer bytes, the most bytes first.
  void quantization() {
    std::vector<Candidate> smaller;
    const Quantization* own = catalog_.native_quantization(*asked_.model, *asked_.runtime, asked_.device);
    for (const auto& [id, recipe] : catalog_.quantizations())
      if (&recipe == own || (recipe.common && asked_.runtime->runs(recipe, asked_.device)))
        if (const double bytes = summarize(*asked_.model, recipe, catalog_.formats()).file_B;
            bytes < asked_.cost.file_B)
          smaller.push_back({id, bytes});
    best_of(Kind::quantization, with(&Query::quant, std::move(smaller)));
  }

  void kv_cache() {
    std::vector<Candidate> smaller;
    for (const std::string& name : asked_.runtime->kv_formats) {
      // What only a special build has is no way out.
      const auto f = catalog_.formats().find(name);
      if (!f || !catalog_.formats()[*f].only_in.empty()) continue;
      if (const double bytes = catalog_.formats()[*f].bytes_per_weight(); bytes < asked_.rates.kv_bytes_per_element)
        smaller.push_back({lower(name), bytes});
    }
    best_of(Kind::kv_cache, with(&Query::kv_quant, std::move(smaller)));
  }

  /// Powers of two below what is there now. What is stated is shortened to it; of what is not, first what is in the
  /// cache already and then the prompt.
  void context() {
    const Workload& w = asked_.query.workload;
    const double kept = w.generate + media_tokens(asked_.cost, w);
    double tokens = least_context;
    while (2 * tokens < asked_.estimate[Term::context_tokens]) tokens *= 2;
    std::vector<Query> questions;
    const double positions = asked_.cost.max_context > 0 ? asked_.cost.max_context : tokens;
    for (; tokens >= least_context && tokens < asked_.estimate[Term::context_tokens]; tokens /= 2) {
      if (tokens > positions) continue;
      Query q = asked_.query;
      Workload& shorter = q.workload;
      if (w.context > 0) shorter.context = tokens;
      if (const double excess = kept + w.prompt + w.depth - tokens; excess > 0) {
        const double of_depth = std::min(excess, w.depth);
        shorter.depth -= of_depth;
        shorter.prompt -= excess - of_depth;
      }
      if (shorter.prompt < 1) break;
      questions.push_back(std::move(q));
    }
    best_of(Kind::context, questions);
  }

  void batch() {
    const double most = asked_.estimate[Term::max_batch];
    std::vector<Query> questions;
    for (double n = asked_.query.workload.batch; n > 1;) {
      n = std::min(n > 4 ? std::floor(n / 2) : n - 1, n > most && most >= 1 ? most : n);
      questions.push_back(asked_.query);
      questions.back().workload.batch = n;
    }
    best_of(Kind::batch, questions);
  }

  /// With weights as the model is published in, or of about as many bits: fewer are another way out. Recipes that only
  /// some models are trained for are of those alone.
  void runtime() {
    std::vector<Query> questions;
    for (const Runtime* other : catalog_.runtimes_for(asked_.device)) {
      if (other == asked_.runtime) continue;
      Query q = asked_.query;
      q.runtime = other->id;
      q.kv_quant.clear();
      const Quantization* own = catalog_.native_quantization(*asked_.model, *other, asked_.device);
      const bool published = own && !asked_.model->is_file();
      if (published)
        q.quant = own->id;
      else if (catalog_.resolve_quantization(q.quant, *other, &asked_.device).empty())
        q.quant.clear();
      const auto prepared = prepare(catalog_, q);
      if (!prepared || (ran_ && !published && is_less_known(*prepared))) continue;
      if (published || (asked_.model->is_made_in(*prepared->quantization) &&
                        prepared->cost.file_B >= as_many_bits * asked_.cost.file_B))
        questions.push_back(std::move(q));
    }
    best_of(Kind::runtime, questions);
  }

  /// Whether its speed was measured less near to this board: nobody is sent from a number to a guess.
  bool is_less_known(const Answer& a) const {
    return a.decode_situation > asked_.decode_situation || a.prefill_situation > asked_.prefill_situation;
  }

  void session() {
    if (asked_.query.session != to_string(Session::desktop)) return;
    Query q = asked_.query;
    q.session = to_string(Session::headless);
    best_of(Kind::session, {q});
  }

  /// As much as the model may need, in whole GiB, and no more than the system has left.
  void gpu_memory() {
    if (!asked_.device.shares_memory_with(asked_.runtime->processor)) return;
    const Ranged memory = asked_.ranged(Term::memory_B);
    const double most = std::floor((asked_.rates.capacity_B - asked_.rates.kept_B - asked_.rates.taken_B) / gib);
    const double needed = std::ceil((is_known(memory.high) ? memory.high : memory.value) / gib);
    const double lent = std::min(most, needed);
    if (!(lent * gib > asked_.rates.lent_B)) return;
    Query q = asked_.query;
    q.workload.gpu_memory_gib = lent;
    best_of(Kind::gpu_memory, {q});
  }

  void power_mode() {
    std::vector<Candidate> others;
    for (const PowerMode& mode : asked_.device.power_modes)
      if (mode.id != asked_.query.power_mode) others.push_back({mode.id, 0});
    best_of(Kind::power_mode, with(&Query::power_mode, std::move(others)));
  }

  /// Options of an engine that no other way out is about; a workload that does not state one leaves it to the engine.
  /// Those that go together are left out together.
  struct Option {
    double Workload::*member;
    int together;

    const char* name() const {
      return std::find_if(workload_fields.begin(), workload_fields.end(),
                          [&](const WorkloadField& f) { return f.member == member; })
          ->name;
    }
  };
  static constexpr Option options[] = {{&Workload::gpu_layers, 0},
                                       {&Workload::cpu_moe, 0},
                                       {&Workload::kv_on_host, 0},
                                       {&Workload::row_split, 1},
                                       {&Workload::threads, 2},
                                       {&Workload::micro_batch, 3},
                                       {&Workload::parallel, 4},
                                       {&Workload::kv_unified, 4},
                                       {&Workload::gpu_memory_utilization, 5},
                                       {&Workload::max_num_batched_tokens, 6},
                                       {&Workload::max_num_seqs, 7},
                                       {&Workload::enforce_eager, 8}};

  void draft() {
    if (!asked_.cost.speculation) return;
    Query q = asked_.query;
    without_drafts(q);
    q.workload.draft_tokens = q.workload.acceptance = unknown;
    best_of(Kind::draft, {q});
  }

  void option() {
    std::vector<Query> questions;
    for (int together = 0; together <= options[std::size(options) - 1].together; ++together) {
      Query q = asked_.query;
      bool any = false;
      for (const Option& o : options)
        if (o.together == together && states(asked_, o.member)) {
          q.workload.*o.member = Workload().*o.member;
          any = true;
        }
      if (any) questions.push_back(std::move(q));
    }
    if (asked_.query.flash_attention >= 0) {
      questions.push_back(asked_.query);
      questions.back().flash_attention = -1;
    }
    best_of(Kind::option, questions);
  }

  /// "without gpu_layers 10".
  std::string left_out(const Query& q) const {
    const Query& asked = asked_.query;
    std::vector<std::string> out;
    for (const Option& o : options)
      if (states(asked_, o.member) && !(q.workload.*o.member == asked.workload.*o.member))
        out.push_back(o.name() + (" " + count(asked.workload.*o.member)));
    if (asked.flash_attention != q.flash_attention) out.push_back("flash_attention " + count(asked.flash_attention));
    return "without " + listed(out);
  }

  /// Of the same name and tokenizer, with the same towers; the largest first, each in what was asked for and then in
  /// recipes of about as many bits.
  void model() {
    const Model& large = *asked_.model;
    std::vector<Candidate> smaller;
    for (const auto& [id, m] : catalog_.models()) {
      const bool sibling = !m.is_file() && series(m) == series(large) && m.vocab_size < 1.02 * large.vocab_size &&
                           large.vocab_size < 1.02 * m.vocab_size && m.vision.has_value() == large.vision.has_value() &&
                           m.audio.has_value() == large.audio.has_value();
      if (!sibling) continue;
      // Of several of one size, the one that is called most alike.
      const auto alike = std::mismatch(id.begin(), id.end(), large.id.begin(), large.id.end()).first - id.begin();
      if (const double parameters = count_parameters(m).total; parameters < asked_.cost.parameters)
        smaller.push_back({id, parameters * (1 + 1e-6 * static_cast<double>(alike))});
    }
    const Quantization& recipe = *asked_.quantization;
    std::vector<Candidate> near;
    for (const Quantization* other : offered(catalog_, *asked_.runtime, asked_.device))
      if (const double bytes = summarize(large, *other, catalog_.formats()).file_B;
          recipe.common && bytes < asked_.cost.file_B && bytes >= as_many_bits * asked_.cost.file_B)
        near.push_back({other->id, bytes});
    const std::vector<Query> others = with(&Query::quant, std::move(near));
    std::vector<Query> questions;
    for (Query& q : with(&Query::model, std::move(smaller))) {
      questions.push_back(q);
      // A format that the other checkpoint does not come in would be a conversion.
      if (large.checkpoint)
        questions.back().quant.clear();
      else
        for (const Query& other : others) {
          q.quant = other.quant;
          questions.push_back(q);
        }
    }
    best_of(Kind::model, questions);
  }

  /// The cheapest that runs it well. A card is none for somebody who has no computer to put it in.
  void device() {
    std::vector<Candidate> priced;
    for (const auto& [id, preset] : catalog_.devices())
      if (preset.device.price_usd > 0 && id != asked_.query.device &&
          (preset.device.kind == DeviceKind::soc_integrated || preset.device.kind == asked_.device.kind) &&
          preset.device.memory_capacity_B > asked_.estimate[Term::weights_B])
        priced.push_back({id, -preset.device.price_usd});
    for (Query& q : with(&Query::device, std::move(priced))) {
      for (std::string* of_the_device : {&q.power_mode, &q.runtime, &q.kv_quant, &q.session}) of_the_device->clear();
      q.set.clear();
      q.workload.gpu_memory_gib = unknown;
      q.workload.threads = 0;
      q.workload.devices = 1;
      q.workload.row_split = unknown;
      const auto tried = better(q);
      if (!tried || tried->verdict != Verdict::runs_well) continue;
      // Nobody buys what writes more slowly than what is there.
      if (ran_ && tried->answer.estimate[Term::tpot_mean_s] > asked_.estimate[Term::tpot_mean_s]) continue;
      add(Kind::device, *tried);
      return;
    }
  }

  const Catalog& catalog_;
  const Answer& asked_;
  const Verdict verdict_;
  const bool ran_;
  const double slowness_;
  std::vector<WayOut> found_;
};

}  // namespace

const char* to_string(WayOut::Kind k) {
  static constexpr const char* names[] = {"quantization", "kv_cache",   "context", "batch", "runtime", "session",
                                          "gpu_memory",   "power_mode", "option",  "draft", "model",   "device"};
  return names[static_cast<std::size_t>(k)];
}

std::vector<WayOut> ways_out(const Catalog& catalog, const Answer& a) {
  if (verdict(a) == Verdict::runs_well) return {};
  return Search(catalog, a).run();
}

}  // namespace edgewise
