#pragma once

#include <memory>
#include <string>
#include <vector>

#include "edgewise/answer.h"

namespace edgewise {

/// Who drafts for an answer that is being made.
struct Drafting {
  std::string draft_model, draft_quant;  ///< of the question, as they are meant
  std::shared_ptr<const Speculation> speculation;
  std::vector<Need> needs;
  Errors errors;
};
/// What the question asks for, as the runtime would run it: a draft model or the model's own heads. Refused is what the
/// runtime has no drafts for, and what it could not verify.
Drafting drafting(const Catalog&, const Answer&);

/// The question in which nobody drafts.
inline void without_drafts(Query& q) {
  q.mtp = false;
  q.draft_model = q.draft_quant = q.task = "";
}

}  // namespace edgewise
