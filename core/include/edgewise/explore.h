#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edgewise/answer.h"

namespace edgewise {

/// How much a tenth more of an input changes a term.
struct Sensitivity {
  std::string_view input;
  double change = 0;  ///< relative
};
struct ExplainedTerm {
  Term term;
  Ranged value;
  std::vector<Term> inputs;
  std::vector<Sensitivity> sensitivity;  ///< largest first
};
/// Every term with what it is made of and what moves it.
std::vector<ExplainedTerm> explain(const Answer&);

/// What `explore` is to find, and how it ranks that. Numbers are NaN where there is no bound; a bound on something
/// unknown is not met.
struct Bounds {
  double min_decode_tok_s = unknown, max_ttft_s = unknown, max_memory_gib = unknown, max_power_w = unknown;
  double max_energy_per_token_j = unknown, max_price_usd = unknown, min_parameters_b = unknown;
  double max_parameters_b = unknown, min_quality = unknown;
  std::vector<std::string> classes, vendors, licences;  ///< these alone; empty: any
  bool vision = false, audio = false;                   ///< models that take images, or audio
  std::string benchmark;          ///< what quality is: a scale, as `Quality::scale` reads it; empty: not asked
  std::vector<std::string> axes;  ///< of the frontier, as `Axis` names them; empty: speed, parameters and memory
};
struct BoundField {
  const char* name;
  double Bounds::*member;
};
inline constexpr auto bound_fields = std::to_array<BoundField>({
    {"min_decode_tok_s", &Bounds::min_decode_tok_s},
    {"max_ttft_s", &Bounds::max_ttft_s},
    {"max_memory_gib", &Bounds::max_memory_gib},
    {"max_power_w", &Bounds::max_power_w},
    {"max_energy_per_token_j", &Bounds::max_energy_per_token_j},
    {"max_price_usd", &Bounds::max_price_usd},
    {"min_parameters_b", &Bounds::min_parameters_b},
    {"max_parameters_b", &Bounds::max_parameters_b},
    {"min_quality", &Bounds::min_quality},
});
struct BoundList {
  const char* name;
  std::vector<std::string> Bounds::*member;
};
inline constexpr auto bound_lists = std::to_array<BoundList>({
    {"classes", &Bounds::classes},
    {"vendors", &Bounds::vendors},
    {"licences", &Bounds::licences},
    {"axes", &Bounds::axes},
});
struct BoundFlag {
  const char* name;
  bool Bounds::*member;
};
inline constexpr auto bound_flags = std::to_array<BoundFlag>({{"vision", &Bounds::vision}, {"audio", &Bounds::audio}});

struct Explored {
  struct Row {
    const Model* model;
    const Device* device;
    const Runtime* runtime;
    const Quantization* quantization;
    /// As `Answer::ranged` has them.
    Ranged decode_tok_s, ttft_s, memory_B, energy_per_token_J, decode_w;
    double price_usd, parameters;
    double file_B;         ///< of the weights as they are stored
    QualityScore quality;  ///< on the scale that was asked for
    double retention;      ///< what the quantization keeps; unknown where nobody measured the like
    Retention::Kind retention_kind;
    bool retention_estimated;
    Situation situation;
    Sureness sure;
    Verdict verdict;
    Scope power_scope;  ///< what the powers are of
    bool pareto;        ///< no other row is as good on every axis and better on one
    bool corrected;     ///< by numbers that the question knows of its board
  };
  /// A bound, or the memory, and what it alone keeps out.
  struct Refused {
    const char* bound;               ///< its name; "memory": what does not run
    std::size_t count = 0;           ///< that meet all else
    std::size_t unknown_values = 0;  ///< of these, because nobody knows the value
    std::size_t upper_bounds = 0;    ///< of these unknown ones, where a value that it is at most is known and would do
    double nearest = unknown;        ///< of a number: the value of these that comes nearest to the bound
  };
  std::size_t count = 0;  ///< of all that meet the bounds
  std::vector<Row> rows;  ///< the fastest `limit` of them, fastest first; unknown speeds last
  std::vector<Refused> refused;
  std::size_t off_axes = 0;      ///< that meet the bounds and lack a value of an axis of the frontier
  const Scale* scale = nullptr;  ///< what quality is; null: not asked
};

/// What a frontier may weigh. Powers and energies are of their own scope: those of two scopes are never weighed.
struct Axis {
  const char* name;
  bool more_is_better;
  double (*of)(const Explored::Row&);
};
const std::vector<Axis>& axes();
/// Marks the rows that no other dominates: as good on each of the axes, better on one. A row that lacks a value is none
/// of them. Where it is unknown what a quantization loses, one of fewer bytes is not taken to be as good as another of
/// the same model; nor does the energy of a card that computes with its host compare. Gives how many lack a value.
std::size_t mark_frontier(std::vector<Explored::Row>&, const std::vector<Axis>&);

/// What explorations of one catalog have in common, kept between them; to be dropped once the catalog changes.
struct ExploreMemory {
  struct Stored {
    ModelCost cost;
    std::optional<Retention> retention;
  };
  std::map<std::pair<const Model*, const Quantization*>, Stored> stored;
  std::optional<Retentions> retentions;
};

/// Every combination of models, devices and quantizations that the query leaves open, fits in memory and meets the
/// bounds. Where the quantization is open, models that come in formats of their own are searched in these; "default"
/// asks for the one of each pair that `answer` takes without being told. Where devices are open, powers are of the
/// whole system unless another scope is asked: what is of different scopes is never compared. Each row is what `answer`
/// says of it. Points into the catalog.
inline constexpr std::string_view default_quantization = "default";
Result<Explored> explore(const Catalog&, const Query&, const Bounds&, double limit, ExploreMemory* = nullptr);

}  // namespace edgewise
