#include "shaders.h"

#include <map>
#include <stdexcept>

#include "shaders/arrays.inc"

namespace edgewise::gpu {

const Shader& shader(std::string_view name) {
#define EDGEWISE_SHADER(NAME) {#NAME, {NAME, sizeof(NAME)}},
  static const std::map<std::string_view, Shader> all = {
#include "shaders/list.inc"
  };
#undef EDGEWISE_SHADER
  const auto found = all.find(name);
  if (found == all.end()) throw std::logic_error("no shader " + std::string(name));
  return found->second;
}

}  // namespace edgewise::gpu
