#include "text.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "csv.h"

namespace edgewise {

namespace {

/// `x` with `decimals` decimals, without the locale.
std::string fixed(double x, int decimals) {
  double scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  const double rounded = std::floor(std::fabs(x) * scale + 0.5);
  const auto whole = static_cast<std::uint64_t>(rounded / scale);
  std::string out = (x < 0 ? "-" : "") + std::to_string(whole);
  if (decimals > 0) {
    const std::string fraction =
        std::to_string(static_cast<std::uint64_t>(rounded - static_cast<double>(whole) * scale));
    out +=
        "." +
        std::string(static_cast<std::size_t>(decimals) - std::min(fraction.size(), static_cast<std::size_t>(decimals)),
                    '0') +
        fraction;
  }
  return out;
}

std::string significant(double x) {
  const double m = std::fabs(x);
  return fixed(x, m >= 99.95 || m == 0 ? 0 : m >= 9.995 ? 1 : m >= 0.9995 ? 2 : m >= 0.09995 ? 3 : 4);
}

struct Scale {
  double factor;
  const char* unit;
};

std::string scaled(double x, std::initializer_list<Scale> scales) {
  Scale best = *scales.begin();
  for (const Scale& s : scales)
    if (std::fabs(x) >= s.factor) best = s;
  return significant(x / best.factor) + " " + best.unit;
}

std::string pad(std::string text, std::size_t width) {
  // Counts characters, not bytes, of UTF-8.
  const auto characters =
      static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  return text + std::string(width > characters ? width - characters : 0, ' ');
}

std::string pad_left(const std::string& text, std::size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

std::string percent(double share) { return is_known(share) ? significant(100 * share) + " %" : "unknown"; }

std::string how_sure(const Answer& a) {
  switch (a.rates.situation) {
    case Situation::calibrated: {
      const std::string n = std::to_string(std::lround(a.calibration->measurements)), s = n == "1" ? "" : "s";
      if (a.calibration->origin == "fitted")
        return "fitted to " + n + " published configuration" + s + " of this device";
      return n == "0" ? "measured on this board by microbenchmarks; no model was run"
                      : "measured on this board, with " + n + " configuration" + s + " of an engine";
    }
    case Situation::related:
      return "estimated from other devices of its class; nobody has measured this runtime here";
    case Situation::datasheet:
      return "estimated from the datasheet; no device of its class has been measured with this runtime";
  }
  return {};
}

}  // namespace

std::string table_row(const std::vector<std::string>& fields) {
  static constexpr std::size_t widths[] = {12, 34, 16, 12, 12, 12, 10};
  std::string out;
  for (std::size_t i = 0; i < fields.size() && i < std::size(widths); ++i)
    out += i < 2 ? pad(fields[i], widths[i]) : pad_left(fields[i], widths[i]);
  return out + "\n";
}

std::string exact(double value) { return is_known(value) ? nlohmann::json(value).dump() : std::string(); }

std::string percent_to_a_tenth(double share) { return exact(std::round(1000 * share) / 10); }

std::string human(double x, std::string_view unit) {
  if (!is_known(x)) return "unknown";
  if (unit == "B")
    return scaled(x, {{1, "B"}, {1024, "KiB"}, {1048576, "MiB"}, {1073741824.0, "GiB"}, {1099511627776.0, "TiB"}});
  if (unit == "B/s") return scaled(x, {{1, "B/s"}, {1e3, "kB/s"}, {1e6, "MB/s"}, {1e9, "GB/s"}, {1e12, "TB/s"}});
  if (unit == "s")
    return x >= 120 ? scaled(x, {{60, "min"}, {3600, "h"}, {86400, "days"}})
                    : scaled(x, {{1e-6, "us"}, {1e-3, "ms"}, {1, "s"}});
  if (unit == "FLOP") return scaled(x, {{1, "FLOP"}, {1e6, "MFLOP"}, {1e9, "GFLOP"}, {1e12, "TFLOP"}});
  if (unit == "J") return scaled(x, {{1e-3, "mJ"}, {1, "J"}, {1e3, "kJ"}, {1e6, "MJ"}});
  if (unit == "tokens" || unit.empty())
    return (x == std::floor(x) && std::fabs(x) < 1e15 ? fixed(x, 0) : significant(x)) + (unit.empty() ? "" : " tokens");
  return significant(x) + " " + std::string(unit);
}

std::string render_text(const Answer& a) {
  const Estimate& e = a.estimate;
  std::string out = a.model->name + ", " + a.quantization->id + ", on " + a.device.name +
                    (a.query.power_mode.empty() ? "" : " (" + a.query.power_mode + ")") + " with " + a.runtime->name +
                    "\n" + sentence(a) + "\n\n";
  const auto row = [&](const std::string& label, Term t) {
    const TermInfo& n = info(t);
    const Ranged r = a.ranged(t);
    out += "  " + pad(label, 24) + pad_left(human(r.value, n.unit), 12);
    if (is_known(r.low)) out += "   " + human(r.low, n.unit) + " to " + human(r.high, n.unit);
    if (!is_known(r.value)) {
      const auto fields = missing_fields(e, t);
      for (std::size_t i = 0; i < fields.size(); ++i) out += (i == 0 ? "   needs " : ", ") + fields[i];
    }
    out += "\n";
  };
  out += "  " + pad("", 24) + pad_left("value", 12) + "   80 % interval\n";
  row("Time to first token", Term::ttft_s);
  row("Prefill", Term::prefill_tok_s);
  row("Decode", Term::decode_tok_s);
  row("Time per token", Term::tpot_mean_s);
  row("Total latency", Term::total_latency_s);
  row("Load, cold", Term::load_cold_s);
  row("Power, decode", Term::decode_w);
  row("Energy per token", Term::energy_per_token_J);
  row("Energy per request", Term::request_energy_J);

  out += "\nMemory\n";
  for (const Term t :
       {Term::weights_B, Term::kv_cache_B, Term::recurrent_state_B, Term::compute_buffer_B, Term::runtime_reserve_B})
    if (e[t] > 0) row(std::string(info(t).label), t);
  row("Total", Term::memory_B);
  row("Usable on the device", Term::usable_B);
  row("Largest context", Term::max_context_tokens);
  row("Largest batch", Term::max_batch);

  out += "\nOne decoded token (" + std::string(bound(e.decode)) + " binds)\n";
  for (std::size_t i = 0; i < e.decode.size(); ++i) {
    const OperatorTime& r = e.decode[i];
    if (!(r.total_s > 0)) continue;
    out += "  " + pad(to_string(static_cast<Operator>(i)), 24) + pad_left(human(r.total_s, "s"), 12) +
           pad_left(percent(r.total_s / e[Term::tpot_mean_s]), 10) + "   " + bound(r) + "\n";
  }
  out += "\nHow sure: " + how_sure(a) + ".\n";
  for (const Error& w : warnings(a)) out += "Note: " + w.message + ".\n";
  return out;
}

std::string render_csv(const Answer& a) {
  std::string out = format_csv_row({"term", "value", "low", "high", "unit"});
  for (std::size_t i = 0; i < term_count; ++i) {
    const auto t = static_cast<Term>(i);
    const Ranged r = a.ranged(t);
    out += format_csv_row(
        {std::string(info(t).id), exact(r.value), exact(r.low), exact(r.high), std::string(info(t).unit)});
  }
  return out;
}

}  // namespace edgewise
