#include "drafting.h"

#include <algorithm>
#include <cmath>

#include "edgewise/speculation.h"
#include "unknown_name.h"

namespace edgewise {

namespace {

/// Whether one model's tokens are another's: engines let sizes differ by the rows that pad them (llama.cpp: 128).
bool like_vocabularies(const Model& a, const Model& b) { return std::abs(a.vocab_size - b.vocab_size) <= 128; }

class Drafter {
 public:
  Drafter(const Catalog& catalog, const Answer& answer) : catalog_(catalog), answer_(answer), q_(answer.query) {
    out_.draft_model = q_.draft_model;
    out_.draft_quant = q_.draft_quant;
  }

  Drafting run() {
    if (!q_.mtp && q_.draft_model.empty()) {
      for (const auto& [field, text] : {std::pair("draft_quant", &q_.draft_quant), {"task", &q_.task}})
        if (!text->empty()) refuse({"inconsistent", field, "goes with draft_model or mtp"});
    } else if (q_.mtp && !q_.draft_model.empty()) {
      refuse({"inconsistent", "mtp", "and draft_model exclude each other"});
    } else if (q_.mtp && answer_.runtime->no_mtp) {
      refuse(said("unsupported", "mtp", "{runtime} drafts with no heads of a model", {answer_.runtime->id}));
    } else if (!q_.mtp && answer_.runtime->no_draft_model) {
      refuse(said("unsupported", "draft_model", "{runtime} takes no draft model", {answer_.runtime->id}));
    } else if (q_.mtp ? heads() : model()) {
      acceptance_of_runs();
      out_.speculation = std::make_shared<const Speculation>(std::move(made_));
    }
    return std::move(out_);
  }

 private:
  bool refuse(Error why) {
    out_.errors.push_back(std::move(why));
    return false;
  }

  bool heads() {
    const auto heads = multi_token_heads(*answer_.model, *answer_.quantization, catalog_.formats());
    if (!heads) return refuse(said("unsupported", "mtp", "{model} has no heads for further tokens", {q_.model}));
    made_.draft = *heads;
    // A file that holds them is counted with them.
    if (answer_.is_of_file())
      for (const StoredTensors& t : answer_.model->checkpoint->tensors)
        if (t.role == Role::mtp) made_.draft.text_B = 0;
    return true;
  }

  bool model() {
    const Catalog::Meant meant = catalog_.model_meant(q_.draft_model);
    const Model* model = catalog_.model(meant.id);
    if (!model) {
      const std::string& lacking = meant.id.empty() ? q_.draft_model : meant.id;
      out_.needs.push_back({"model", lacking});
      return refuse(meant.id.empty() ? no_preset("draft_model", q_.draft_model, meant)
                                     : said("unknown_id", "draft_model", "\"{id}\" is not loaded", {meant.id}));
    }
    out_.draft_model = meant.id;
    if (!like_vocabularies(*model, *answer_.model))
      return refuse(said("inconsistent", "draft_model",
                         "has a vocabulary of {vocabulary}, the model one of {of_model}: drafts cannot be verified",
                         {count(model->vocab_size), count(answer_.model->vocab_size)}));
    const std::string wanted = q_.draft_quant.empty() ? answer_.quantization->id : q_.draft_quant;
    const Quantization* recipe =
        catalog_.quantization(catalog_.resolve_quantization(wanted, *answer_.runtime, &answer_.device));
    if (!recipe) {
      if (!catalog_.names_quantization(wanted)) out_.needs.push_back({"quantizations", wanted});
      return refuse(no_recipe(catalog_, *answer_.model, *catalog_.device(q_.device), *answer_.runtime, true,
                              "draft_quant", wanted));
    }
    out_.draft_quant = recipe->id;
    made_.draft = summarize(*model, *recipe, catalog_.formats());
    return true;
  }

  void acceptance_of_runs() {
    const std::vector<SpeculativeRun>& runs = catalog_.speculative_runs();
    if (!is_known(q_.workload.acceptance)) {
      if (runs.empty()) out_.needs.push_back({"speculation", "speculation"});
      const Acceptance of = acceptance(runs, q_.task, q_.mtp);
      made_.acceptance = of.value;
      made_.acceptance_low = of.low;
      made_.acceptance_high = of.high;
      made_.most_tokens = std::max(1.0, of.most_tokens);
    }
    if (q_.task.empty() || runs.empty()) return;
    std::vector<std::string> tasks;
    for (const SpeculativeRun& run : runs)
      if (std::find(tasks.begin(), tasks.end(), run.task) == tasks.end()) tasks.push_back(run.task);
    if (std::find(tasks.begin(), tasks.end(), q_.task) == tasks.end())
      refuse(said("unknown_word", "task", "\"{is}\" is no task of the public runs; they are of {words}",
                  {q_.task, listed(tasks)}));
  }

  const Catalog& catalog_;
  const Answer& answer_;
  const Query& q_;
  Speculation made_;
  Drafting out_;
};

}  // namespace

Drafting drafting(const Catalog& catalog, const Answer& answer) { return Drafter(catalog, answer).run(); }

}  // namespace edgewise
