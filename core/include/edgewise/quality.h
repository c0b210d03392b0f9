#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "edgewise/number.h"

namespace edgewise {

class Catalog;
struct Model;
struct Quantization;

/// A published score of one model in one storage: a row of quality.csv.
struct Score {
  std::string model;
  std::string variant;  ///< which weights of the architecture: "base", "instruct", ...; empty: nobody says
  std::string quant;    ///< a recipe, or what names a storage that no recipe gives
  std::string method;   ///< how the weights were quantized, where the recipe does not say it
  std::string benchmark, metric, shots;
  double value = unknown, error = unknown;  ///< in the metric's unit, and its standard error
  std::string harness, source, note;
  double parameters = unknown;  ///< of the model, for a catalog that does not hold it
};

/// What a metric counts.
enum class ScoreKind : std::uint8_t {
  share,             ///< answered right, %
  perplexity,        ///< comparable within one tokenizer only
  perplexity_ratio,  ///< over that of the unquantized model
  divergence,        ///< mean Kullback-Leibler divergence from the unquantized model, nat
  recovery,          ///< score over that of the unquantized model, %
  other              ///< known, and used for nothing
};
/// Empty: no metric of a score is called so.
std::optional<ScoreKind> score_kind(std::string_view metric);
/// Whether weights are stored in 16 bits or more.
bool is_unquantized(std::string_view quant);

/// How much of a model's quality a quantization keeps, against the same weights unquantized.
struct Retention {
  enum class Kind : std::uint8_t {
    recovery,         ///< mean over benchmarks of score / score unquantized; 1: all
    divergence,       ///< mean Kullback-Leibler divergence, nat; 0: the same
    perplexity_ratio  ///< 1: the same
  } kind = Kind::recovery;
  /// Where it was measured, low and high are the least and the most of its benchmarks; where it is estimated, of the
  /// models.
  double value = unknown, low = unknown, high = unknown;
  bool estimated = false;                        ///< of other models of like size; else of this one
  bool by_definition = false;                    ///< the storage that the model is published in
  std::size_t count = 0;                         ///< benchmarks, or models where it is estimated
  std::string variant, method, harness, source;  ///< of what was measured
};
const char* to_string(Retention::Kind);
/// For people: "99.3 %", "KL 0.0313 nat" or "perplexity x 1.01".
std::string text(Retention::Kind, double value);
/// What it rests on, for people: "5 benchmarks, 97.8 % to 101 %; OPT-RTN, base, lm-evaluation-harness, https://...".
std::string basis(const Retention&);

/// Scores that may stand on one axis: of one benchmark, from one source, measured in one way.
struct Scale {
  std::string id;  ///< the members below and the source without its scheme, joined by commas; what is empty is left out
  std::string benchmark, metric, shots, variant, harness, source;
  std::map<std::string, const Score*, std::less<>> models;  ///< unquantized, by model
};

/// Models are of like size up to this ratio of their parameters.
inline constexpr double like_size = 4;
/// Fewer models say nothing of another.
inline constexpr std::size_t least_models = 2;

/// The table of published scores, and what follows from it.
class Quality {
 public:
  Quality() = default;
  explicit Quality(std::vector<Score>);
  Quality(const Quality&) = delete;  // scales point into it
  Quality& operator=(const Quality&) = delete;
  bool empty() const { return scores_.empty(); }
  const std::vector<Score>& scores() const { return scores_; }
  std::vector<const Score*> of(std::string_view model) const;
  /// What was measured of a model in a quantization, each from rows of one source, harness and note that differ in the
  /// quantization alone; the likeliest to be of files as people have them first.
  const std::vector<Retention>& measured(std::string_view model, std::string_view quant) const;
  /// The first of these, of every model that was measured in the quantization so that it tells of others.
  std::vector<std::pair<const std::string*, const Retention*>> typical(std::string_view quant) const;
  /// Those with the most models first.
  const std::vector<Scale>& scales() const { return scales_; }
  /// The first scale whose id holds every part of `typed` between commas, the benchmark in full: "MMLU" is the one of
  /// the most models, "MMLU,instruct" that of the most instruct models. Null: none.
  const Scale* scale(std::string_view typed) const;
  /// What the model scores unquantized: of each benchmark, on the scale of the most models that has it,
  /// if that holds others.
  std::vector<const Scale*> headline(std::string_view model) const;
  /// Parameters of a model as the table says; unknown where it does not.
  double parameters(std::string_view model) const;

 private:
  void measure();
  void find_scales();

  std::vector<Score> scores_;
  std::map<std::pair<std::string, std::string>, std::vector<Retention>> measured_;
  std::vector<Scale> scales_;
};

/// What quantizations keep, by the scores of a catalog, which must outlive it unchanged. It counts the parameters of a
/// model once.
class Retentions {
 public:
  explicit Retentions(const Catalog& catalog) : catalog_(catalog) {}
  /// What is known of a model in a quantization: what it is published in keeps all; else what was measured of it; else
  /// the median of at least `least_models` others of like size, with the least and the most of them, estimated. Empty:
  /// unknown.
  std::optional<Retention> of(const Model&, const Quantization&);

 private:
  struct Measured {
    double parameters;
    const Retention* retention;
  };
  double parameters(const Model&);
  const std::vector<Measured>& typical(const std::string& quant);

  const Catalog& catalog_;
  std::map<std::string, double, std::less<>> parameters_;
  std::map<std::string, std::vector<Measured>, std::less<>> typical_;
};

/// The score of a model in a quantization on a scale.
struct QualityScore {
  enum class Basis : std::uint8_t {
    published,   ///< of these very weights
    retained,    ///< the unquantized model's times the recovery that was measured of it
    estimated,   ///< times that of other models
    unquantized  ///< of the unquantized model: what the quantization loses is unknown
  } basis = Basis::published;
  double value = unknown;
};
const char* to_string(QualityScore::Basis);
/// Unknown where the scale does not hold the model.
QualityScore quality_on(const Scale&, const std::string& model, std::string_view quant,
                        const std::optional<Retention>&);

}  // namespace edgewise
