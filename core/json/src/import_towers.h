#pragma once

#include <initializer_list>
#include <string_view>

#include "edgewise/reader.h"

namespace edgewise::json {

/// The first of `keys` that the file has; of a list, as sides are stated, the first number.
inline double number(Reader& r, std::initializer_list<const char*> keys, double fallback) {
  for (const char* key : keys) {
    const Json* v = r.any(key);
    if (!v) continue;
    if (v->is_array() && !v->empty() && v->front().is_number()) return v->front().get<double>();
    return r.number(key, 0, 1e12, fallback);
  }
  return fallback;
}

inline double dense(double in, double out, bool bias = true) { return in * out + (bias ? out : 0); }
inline double square(double x) { return x * x; }

/// Weights of the low-rank adapters that Phi-4-multimodal puts on every matrix of its language model, of that width,
/// for one kind of input.
double low_rank(Reader& root, const char* key, double width, double rank);

/// The `audio` of a preset from an audio_config; only its kind where the structure is not known.
Json audio_tower(Reader& root, Reader& audio, std::string_view family, double text_width);

}  // namespace edgewise::json
