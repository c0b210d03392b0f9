#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "edgewise/device.h"
#include "edgewise/result.h"

namespace edgewise {

// A device of which somebody changed numbers: "the same board with twice the bandwidth". What is edited always counts:
// where something was measured, it moves in proportion to the peak that is edited, and what a runtime reaches of a rate
// stays the share that it is.

/// A field of a device preset that may be edited.
struct EditableField {
  /// What an edit of it changes, and so what rests on it.
  enum class Of : std::uint8_t { memory_size, bandwidth, cpu, gpu, npu, storage, link, power, price };

  const char* path;   ///< as in the preset
  const char* label;  ///< for people
  const char* unit;   ///< empty: a word
  FieldGroup group;
  Of of;
  double min, max;                     ///< in its unit
  bool (*there)(const Device&);        ///< whether the device has what it is of
  double (*get)(const Device&);        ///< in its unit; unknown where nobody says; of a word its place
  void (*set)(Device&, double);        ///< with all that follows from it
  std::span<const char* const> words;  ///< that it may be; empty: a number

  bool is_word() const { return !words.empty(); }
};
std::span<const EditableField> editable_fields();
/// By its path, which may begin with "device."; null: there is none.
const EditableField* find_editable(std::string_view path);
/// The place of a word; `words.size()` where the field cannot be that.
std::size_t find_word(const EditableField&, std::string_view);

/// An edit as it is asked for.
struct AskedEdit {
  const EditableField* field = nullptr;
  double value = unknown;
  std::string text;  ///< "memory.peak_bandwidth_gb_s=34", in one spelling
};
/// Reads "FIELD=VALUE", one or several parted by semicolons or line breaks: a number, its unit behind it or not, or a
/// word; in the order of `editable_fields`. Errors have the path "set[0]", or that of the field.
Result<std::vector<AskedEdit>> parse_edits(const std::vector<std::string>& texts);

/// Edits the device as its preset states it, before any power mode: what a mode says of its own of the same thing moves
/// in proportion. Refused is what the device has not, and what does not go together.
Errors apply_edits(Device&, const std::vector<AskedEdit>&);

/// The edits with another value of one field.
void with_edit(std::vector<std::string>& set, const EditableField&, double value);

/// An edit's value as text: "34 GB/s", "sd".
std::string value_text(const EditableField&, double);

/// Whether one of the device's edits is of what `p` computes with, and so of a speed that nobody measured.
bool edits_speed_of(const Device&, Processor p);
bool edits_power_of(const Device&);

}  // namespace edgewise
