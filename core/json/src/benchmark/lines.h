#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace edgewise {

/// Without blanks around it.
std::string_view trimmed(std::string_view);
/// What follows `label` in the line, trimmed; empty where it does not hold the label.
std::string_view after(std::string_view line, std::string_view label);
/// The number that `text` begins with, after blanks; NaN where there is none. `rest` is what follows it.
double leading_number(std::string_view text, std::string_view* rest = nullptr);
/// The number after `label` in the line; NaN where there is none.
double number_after(std::string_view line, std::string_view label);
/// What stands in the first parentheses, whole: "AMD Radeon RX 7900 XTX (RADV NAVI31)" of "Vulkan0 (AMD ...) - 20464
/// MiB free"; all that follows where they are not closed; empty where there are none.
std::string_view in_parentheses(std::string_view);
/// The words between blanks.
std::vector<std::string_view> blank_parted(std::string_view);
/// The cells of a line of a Markdown table, without the asterisks of bold ones; empty where it is none.
std::vector<std::string> cells_of(std::string_view line);
/// Whether the cells are the line below a table's header: dashes and colons.
bool is_ruler(const std::vector<std::string>& cells);

}  // namespace edgewise
