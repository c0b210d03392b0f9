#pragma once

#include "edgewise/answer.h"

namespace edgewise {

/// The question with the ids of what it names, each looked up by itself: model, device, runtime (of a family the one
/// that runs on the device; a launcher stays as it is typed), and quantization, which the model's name may carry. What
/// is left open stays open, and nothing needs to go together. Errors: each name that is no preset's, or may be any of
/// several.
Result<Query> resolve_names(const Catalog&, const Query&);

}  // namespace edgewise
