#pragma once

#include "session.h"

namespace edgewise {

/// `runtime`: null where it has no preset; quantizations are then not known.
FoundNames names_of(const ModelHint& hint, const Runtime* runtime, const Catalog& catalog);

}  // namespace edgewise
