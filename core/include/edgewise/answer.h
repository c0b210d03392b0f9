#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "edgewise/catalog.h"
#include "edgewise/known.h"
#include "edgewise/result.h"
#include "edgewise/verdict.h"

namespace edgewise {

/// A question as a person asks it: ids or aliases, empty where the default is wanted.
struct Query {
  std::string model;
  std::string device;
  std::string power_mode;
  std::string runtime;       ///< empty: the best of the device's
  std::string quant;         ///< empty: the runtime's default
  std::string kv_quant;      ///< a format, or "k:FORMAT,v:FORMAT"; empty: the runtime's default
  int flash_attention = -1;  ///< 0, 1, or -1: as the runtime does by default
  std::string host;          ///< the computer that a card is in: a device; empty: a typical one of the card's class
  std::string session;       ///< "headless" or "desktop"; empty: as the device's class usually has it
  std::string draft_model;   ///< drafts tokens that the model verifies; empty: none
  std::string draft_quant;   ///< of that model; empty: the runtime's default
  std::string task;          ///< what is written, for the acceptance of drafted tokens: "code", ...; empty: anything
  bool mtp = false;          ///< the model's own heads for further tokens draft
  std::string power_scope;   ///< what power and energy are to be of; empty: what the device's own powers are of
  /// Numbers that were measured on this device, in this power mode, with this runtime: statements as `parse_known`
  /// reads them. They correct the answer.
  std::vector<std::string> known;
  /// What is changed of the device: "FIELD=VALUE", as `parse_edits` reads it.
  std::vector<std::string> set;
  Workload workload;
  bool ways_out = false;  ///< whether the answer's document is to hold the ways out
  bool quality = false;   ///< whether it is to say what the quantization keeps, from the published scores
};
/// The texts of a query, by their names.
struct QueryText {
  const char* name;
  const char* key;  ///< in links to the page: lower-case letters
  std::string Query::*member;
  bool always;  ///< written where it is empty too
};
inline constexpr auto query_texts = std::to_array<QueryText>({
    {"model", "m", &Query::model, true},
    {"device", "d", &Query::device, true},
    {"power_mode", "mode", &Query::power_mode, true},
    {"runtime", "r", &Query::runtime, true},
    {"quant", "q", &Query::quant, true},
    {"kv_quant", "kv", &Query::kv_quant, true},
    {"host", "host", &Query::host, false},
    {"session", "session", &Query::session, false},
    {"draft_model", "draft", &Query::draft_model, false},
    {"draft_quant", "draftquant", &Query::draft_quant, false},
    {"task", "task", &Query::task, false},
    {"power_scope", "scope", &Query::power_scope, false},
});
/// What a query says yes or no to, by its name; what it leaves open is as the runtime does it.
struct QueryFlag {
  const char* name;
  const char* key;           ///< as of a text
  int (*of)(const Query&);   ///< 1, 0, or -1: left open
  void (*say)(Query&, int);  ///< likewise
};
inline constexpr auto query_flags = std::to_array<QueryFlag>({
    {"mtp", "mtp", [](const Query& q) { return q.mtp ? 1 : -1; }, [](Query& q, int is) { q.mtp = is == 1; }},
    {"flash_attention", "fa", [](const Query& q) { return q.flash_attention; },
     [](Query& q, int is) { q.flash_attention = is; }},
});
/// The question that a newcomer is shown.
Query example_query();

/// A number of the workload: its name in queries and what it may be. What is optional may be unknown.
struct WorkloadField {
  const char* name;
  const char* key;  ///< as of a text of the query
  double Workload::*member;
  double min, max;
  bool whole;
  bool optional;
};
inline constexpr auto workload_fields = std::to_array<WorkloadField>({
    {"prompt", "prompt", &Workload::prompt, 0, 1e8, true, false},
    {"generate", "generate", &Workload::generate, 0, 1e8, true, false},
    {"depth", "depth", &Workload::depth, 0, 1e8, true, false},
    {"batch", "batch", &Workload::batch, 1, 1e5, true, false},
    {"images", "images", &Workload::images, 0, 1e4, true, false},
    {"image_width", "iw", &Workload::image_width, 0, 1e5, true, false},
    {"image_height", "ih", &Workload::image_height, 0, 1e5, true, false},
    {"audio_s", "audio", &Workload::audio_s, 0, 1e6, false, false},
    {"threads", "threads", &Workload::threads, 0, 1024, true, false},
    {"context", "c", &Workload::context, 0, 1e8, true, false},
    {"memory_taken_gib", "taken", &Workload::memory_taken_gib, 0, 1e5, false, false},
    {"gpu_memory_gib", "gpu", &Workload::gpu_memory_gib, 1e-3, 1e5, false, true},
    {"gpu_layers", "ngl", &Workload::gpu_layers, 0, 1e5, true, true},
    {"cpu_moe", "ncmoe", &Workload::cpu_moe, 0, 1e5, true, true},
    {"kv_on_host", "nkvo", &Workload::kv_on_host, 0, 1, true, false},
    {"devices", "devices", &Workload::devices, 1, 64, true, false},
    {"row_split", "rowsplit", &Workload::row_split, 0, 1, true, true},
    {"host_cores", "hostcores", &Workload::host_cores, 1, 4096, true, true},
    {"host_memory_gib", "hostgib", &Workload::host_memory_gib, 1e-3, 1e5, false, true},
    {"host_memory_gb_s", "hostgbs", &Workload::host_memory_gb_s, 1e-3, 1e5, false, true},
    {"requests_per_day", "requests", &Workload::requests_per_day, 1e-3, 1e12, false, true},
    {"battery_wh", "battery", &Workload::battery_wh, 1e-3, 1e9, false, true},
    {"electricity_usd_per_kwh", "price", &Workload::electricity_usd_per_kwh, 1e-6, 1e4, false, true},
    {"device_life_years", "life", &Workload::device_life_years, 1e-3, 1e3, false, true},
    {"draft_tokens", "ndraft", &Workload::draft_tokens, 0, 64, true, true},
    {"acceptance", "acceptance", &Workload::acceptance, 0, 1, false, true},
    {"link_rtt_ms", "rtt", &Workload::link_rtt_ms, 0, 1e6, false, true},
    {"link_mb_s", "linkmbs", &Workload::link_mb_s, 1e-6, 1e6, false, true},
    {"gpu_memory_utilization", "gpuutil", &Workload::gpu_memory_utilization, 1e-3, 1, false, true},
    {"max_num_batched_tokens", "batchedtokens", &Workload::max_num_batched_tokens, 1, 1e7, true, true},
    {"max_num_seqs", "seqs", &Workload::max_num_seqs, 1, 1e5, true, true},
    {"enforce_eager", "eager", &Workload::enforce_eager, 0, 1, true, true},
    {"micro_batch", "ub", &Workload::micro_batch, 1, 1e6, true, true},
    {"parallel", "np", &Workload::parallel, 1, 1e4, true, true},
    {"kv_unified", "kvu", &Workload::kv_unified, 0, 1, true, true},
    {"api_usd_per_mtok", "api", &Workload::api_usd_per_mtok, 1e-6, 1e6, false, true},
    {"grid_gco2e_per_kwh", "grid", &Workload::grid_gco2e_per_kwh, 0, 1e5, false, true},
});
/// Checks every number against its field, and that the context holds the tokens; `media_tokens` are those of images and
/// audio. Errors carry the field.
Errors check_workload(const Workload&, double media_tokens = 0);
/// Of these, whether a stated context holds the tokens of a request: all that depends on the model.
Errors check_context(const Workload&, double media_tokens);

/// A value with its 80 % interval; low and high are NaN where no interval is known.
struct Ranged {
  double value = unknown, low = unknown, high = unknown;
};

/// What happens where the model does not fit.
struct Instead {
  enum class Kind { host, paging, out_of_memory } kind;
  double layers_on_device = unknown;  ///< host: so many layers fit, the others stay with the host
  double layers_on_host = unknown;    ///< the others
  double experts_on_host = unknown;   ///< layers whose experts stay there
  double tpot_s = unknown;            ///< time per token then
};
const char* to_string(Instead::Kind);

/// What the answer rests on. Corrected: by numbers that the question knows of the board. Split: on what was measured of
/// the device, but a host, other devices or the storage take part, of which that says nothing.
enum class Sureness { corrected, measured, fitted, split, related, datasheet };
const char* to_string(Sureness);

/// A number that the question knows of its board, and what became of it.
struct Known {
  KnownNumber number;     ///< with the ids of what it names
  std::string elsewhere;  ///< why it says nothing here: the other device or runtime that it is of; empty: it counts
  double expected = unknown, explained = unknown;  ///< before the numbers were seen, and after, in the metric's unit

  /// Whether it lies so far from what explains it that the other numbers, or physics, contradict it.
  bool is_contradicted() const {
    constexpr double unexplained = 1.25;
    return explained > unexplained * number.value || number.value > unexplained * explained;
  }
};

/// The answer to a query: what it was resolved to, the estimate, and how sure it is. Points into the catalog.
struct Answer {
  Query query;  ///< with every default filled in
  const Model* model = nullptr;
  Device device;  ///< in its power mode
  const Runtime* runtime = nullptr;
  const Quantization* quantization = nullptr;
  Catalog::Found calibration;
  ModelCost cost;
  Rates rates;
  const DevicePreset* host = nullptr;  ///< null: what the device does not hold, nobody computes
  std::optional<Rates> host_rates;
  /// Without the speed that the model was measured at there; none: it was not measured.
  std::optional<Rates> board_rates;
  bool ignores_session = false;  ///< one was asked for, and what the system keeps in it is unknown
  /// How fast models of this shape are on the board, where one was measured there; null: none was.
  const ModelSpeed* model_speed = nullptr;
  /// How near what is known of decoding and of prefill is to this board: of a calibrated one, each where it was
  /// measured.
  Situation decode_situation = Situation::datasheet, prefill_situation = Situation::datasheet;
  Estimate estimate;
  const Catalog* catalog = nullptr;
  const Launcher* launcher = nullptr;  ///< that starts the runtime; null: nobody named one
  /// What the launcher's defaults gave the workload.
  std::vector<std::pair<const WorkloadField*, double>> taken;
  std::vector<Known> known;  ///< numbers that have corrected the rates

  /// How many of these are of one kind and go with what else is known; times and throughputs of decoding are of
  /// decoding.
  std::size_t known_numbers(Kind) const;
  bool is_corrected() const;
  /// Whether the device is edited so that its speed is that of no device that was measured.
  bool is_edited_speed() const;
  /// Whether its clocks are those of a power mode that states none, and in which nobody measured it.
  bool assumes_clocks() const;
  /// Estimates anew, as where its rates were changed.
  void compute(Limits = Limits::found);
  /// Of power and energy no value, but the ends of their interval, where unseen ones lie more than twice off.
  Ranged ranged(Term) const;
  /// In the metric's own unit.
  Ranged ranged(Metric) const;
  /// Of speculation: decode speed over that without, and its range by how many drafted tokens public runs accept.
  Ranged gain() const;
  Sureness sureness() const;
  /// Whether it is in more than one memory.
  bool is_split() const;
  /// False: loading it would run out of memory, so that nothing is to be said of its speed.
  bool loads() const;
  /// Whether the model is a file, answered as what that holds.
  bool is_of_file() const;
  /// The interval of a kind of quantity, its rates; null: none is known.
  const IntervalRule* interval(Kind) const;
  /// None where it fits, or where the memory is unknown.
  std::optional<Instead> instead() const;
};

/// Something that was asked for and does not go together with the rest, and what was taken instead.
struct PutAside {
  std::string field, asked, taken;
  Error why;
};
/// A preset that the question needs and the catalog lacks.
struct Need {
  std::string type, id;
};
/// What a question comes to.
struct Choice {
  Query query;  ///< as asked, with canonical ids and without what was put aside
  std::vector<PutAside> put_aside;
  std::vector<Need> needs;
  Errors errors;                 ///< why there is no answer
  std::optional<Answer> answer;  ///< without its estimate; see `answer`
};
/// What becomes of choices that do not go together, as when the device is changed under a runtime: they are refused,
/// or put aside for the default.
enum class Misfit { refuse, put_aside };

/// What a model costs in a quantization, for who summarized it before.
using CostOf = std::function<const ModelCost&(const Model&, const Quantization&)>;

/// Resolves names and fills in what the query leaves open: the only chooser of runtime, quantization, calibration and
/// rates. Unknown ids are errors that name the nearest ones.
Choice choose(const Catalog&, const Query&, Misfit = Misfit::refuse, const CostOf& = {});
/// Everything but the estimate, for callers that ask many questions of one pair.
Result<Answer> prepare(const Catalog&, const Query&, const CostOf& = {});
/// Resolves and estimates.
Result<Answer> answer(const Catalog&, const Query&);

Verdict verdict(const Answer&);
/// One sentence that answers the question.
std::string sentence(const Answer&);
/// How sure it is, as the end of a sentence.
std::string how_sure(const Answer&);
/// What an answer's reader should mind, each with the field it comes from; the answer stands all the same.
Errors warnings(const Answer&);

/// What binds a phase: "compute", "bandwidth" or "fixed cost", by the largest share of its time.
const char* bound(const Breakdown&);
const char* bound(const OperatorTime&);
/// Fields that would make an unknown term known, where `processor` computes.
std::vector<std::string> missing_fields(const Estimate&, Processor, Term);

/// Mean bytes per cached element of "q8_0" or "k:q8_0,v:f16"; NaN if a name is no format.
double kv_bytes_per_element(const FormatTable&, std::string_view kv_quant);

}  // namespace edgewise
