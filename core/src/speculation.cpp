#include "edgewise/speculation.h"

#include <algorithm>

#include "edgewise/statistics.h"

namespace edgewise {

double tokens_per_step(double acceptance, double drafted) {
  double tokens = 1, reached = 1;
  for (double i = 0; i < drafted; ++i) tokens += reached *= acceptance;
  return tokens;
}

double acceptance_of(double accepted, double drafted) {
  double low = 0, high = 1;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    ((tokens_per_step(middle, drafted) - 1) / drafted < accepted ? low : high) = middle;
  }
  return (low + high) / 2;
}

SpeculativeStep speculate(const ModelCost& m, const Rates& r, double context, double batch, double plain_s,
                          double draft_tokens, double acceptance) {
  SpeculativeStep best;
  if (!m.speculation || draft_tokens == 0) return best;
  best.draft_s = decode_step_s(m.speculation->draft, r, context, batch);
  // Where the model is split, its step is longer by a factor, and so is the verification.
  const double split = plain_s / decode_step_s(m, r, context, batch);
  best.speedup = unknown;
  const double least = is_known(draft_tokens) ? draft_tokens : 1,
               most = is_known(draft_tokens) ? draft_tokens : m.speculation->most_tokens;
  for (double n = least; n <= most; ++n) {
    const double tokens = tokens_per_step(acceptance, n), verify_s = split * verify_step_s(m, r, context, batch, n + 1);
    const double speedup = tokens * plain_s / (n * best.draft_s + verify_s);
    if (is_known(best.speedup) && !(speedup > best.speedup)) continue;
    best.draft_tokens = n;
    best.tokens = tokens;
    best.verify_s = verify_s;
    best.speedup = speedup;
  }
  return best;
}

Acceptance acceptance(const std::vector<SpeculativeRun>& runs, std::string_view task, bool heads) {
  std::vector<double> found;
  double most = 0;
  for (const bool any : {false, true}) {
    for (const SpeculativeRun& run : runs)
      if (run.heads == heads && (any || task.empty() || run.task == task)) {
        found.push_back(acceptance_of(run.accepted, run.draft_tokens));
        most = std::max(most, run.draft_tokens);
      }
    if (!found.empty()) break;
  }
  if (found.empty()) return {};
  Acceptance out{median(found), quantile(found, 0.1), quantile(found, 0.9), most};
  // A run or two say nothing of other pairs and texts: those spread at least as all runs do.
  if (constexpr std::size_t few = 10; found.size() < few) {
    std::vector<double> all;
    for (const SpeculativeRun& run : runs) all.push_back(acceptance_of(run.accepted, run.draft_tokens));
    out.low = std::min(out.low, quantile(all, 0.1));
    out.high = std::max(out.high, quantile(all, 0.9));
  }
  return out;
}

std::optional<ModelCost> multi_token_heads(const Model& model, const Quantization& recipe, const FormatTable& formats) {
  const std::optional<Model> heads = multi_token_model(model);
  if (!heads) return std::nullopt;
  ModelCost cost = summarize(*heads, recipe, formats);
  // What joins the hidden state with the embedding of the next token.
  const double joining = model.mtp_layers * 2 * model.hidden_size * model.hidden_size;
  OperatorLoad& load = cost.loads[0];
  cost.text_B = 0;
  for (std::size_t i = 0; i < cost.load_count; ++i)
    if (cost.loads[i].op != Operator::head) cost.text_B += cost.loads[i].bytes + cost.loads[i].expert_bytes;
  load.weights += joining;
  load.bytes += joining * formats[load.format].bytes_per_weight();
  cost.text_B += joining * formats[load.format].bytes_per_weight();
  // The embedding and the output layer are the model's own.
  cost.embedding_B = cost.per_layer_embedding_B = cost.tower_B = 0;
  cost.vision = cost.audio = {};
  return cost;
}

}  // namespace edgewise
