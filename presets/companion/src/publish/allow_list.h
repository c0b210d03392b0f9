#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "edgewise/result.h"

namespace edgewise {

/// What leaves the machine, and what stays behind.
struct Allowed {
  std::string text;                   ///< the preset, in the canonical form of presets/
  std::vector<std::string> left_out;  ///< "path: why", never the value itself
};

/// Words that name this machine or its user: host and user names, home folder, serial numbers, MAC addresses.
std::vector<std::string> identifying_words();

/// Why a text may identify a machine or a person, or give a secret away; empty: it does not look like it. Texts that
/// the presets of this binary hold are public already.
std::string identifies(const std::string& text, const std::vector<std::string>& words);

/// Copies the fields that the device schema names, in its order, and nothing else. Texts that may identify somebody are
/// left out as well.
Result<Allowed> allow_listed(std::string_view device_preset, const std::vector<std::string>& words);

}  // namespace edgewise
