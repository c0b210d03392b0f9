#pragma once

#include <string_view>

#include "edgewise/tensor.h"

namespace edgewise::json {

/// The operator that a role belongs to, in a layer that attends or recurs; of biases the tensor's name tells it.
Operator operator_of(Role, std::string_view name, bool recurrent);

}  // namespace edgewise::json
