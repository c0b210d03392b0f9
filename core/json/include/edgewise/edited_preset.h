#pragma once

#include <string>
#include <string_view>

#include "edgewise/answer.h"

namespace edgewise {

/// What the name of an edited device ends with.
inline constexpr std::string_view edited_mark = " (edited)";

/// The preset of the answer's device with what the question edits of it, in canonical form: `check` accepts it, and its
/// answers are those of the edited question. It names the device that it was, whose measurements go on to count for it;
/// what was measured of a peak that was edited is moved in proportion, and what the edits contradict (the bus behind a
/// bandwidth, units behind a rate, samples of a calibration) is left out. `device_preset`: that of the device, as JSON;
/// `id` becomes that of the new one. Refused where nothing is edited, and an id that other presets have.
Result<std::string> edited_preset(const Answer&, std::string_view device_preset, std::string_view id);

}  // namespace edgewise
