#pragma once

#include <vector>

#include "edgewise/answer.h"
#include "edgewise/edits.h"

namespace edgewise {

/// A field that may be edited of the device of an answer.
struct Editable {
  const EditableField* field;
  double stated = unknown;   ///< as the preset has it, in the field's unit
  double value = unknown;    ///< as it is, edits counted
  double in_mode = unknown;  ///< the same in the answer's power mode
  bool edited = false;
  Confidence source = Confidence::unstated;  ///< how the stated value is known
  bool counts = true;                        ///< whether another value changes any term of this answer
};
/// Those that the device has, in the order of `editable_fields`. Asks a question for each.
std::vector<Editable> editable(const Catalog&, const Answer&);

}  // namespace edgewise
