#pragma once

#include <string>

namespace edgewise {

/// A number with so many decimals, exact halves away from zero: as JavaScript's toFixed, which the page uses too.
std::string to_fixed(double, int decimals);
/// Rounded to three significant digits, exact halves away from zero; 0 of what is not positive.
double to_three_digits(double);

}  // namespace edgewise
