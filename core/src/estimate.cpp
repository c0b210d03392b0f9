#include "edgewise/estimate.h"

#include <algorithm>
#include <cmath>

#include "arithmetic.h"
#include "breakdown.h"
#include "edgewise/speculation.h"
#include "edgewise/tower.h"
#include "memory.h"
#include "split.h"

namespace edgewise {

namespace {

/// The greater of two times; unknown if either is.
double slower(double a, double b) { return a >= b ? a : (b > a ? b : unknown); }

enum class Phase : std::uint8_t { decode, prefill };

/// How many positions meet a matrix, in how many passes; and how much longer a product takes for the rows that it has:
/// few leave the matrix units half empty, those of experts first of all.
struct Meeting {
  double positions, passes, dense_filled, routed_filled;
};

/// Time of the weight matrices for `tokens` tokens in `passes` passes over the weights.
/// `sequences` positions go through the head.
double linear_s(const ModelCost& m, const Rates& r, Phase phase, double tokens, double sequences, double passes,
                Breakdown* rows) {
  const double share = touched_experts(m, tokens / passes);
  const double active = m.experts > 0 ? m.experts_per_token / m.experts : 0;
  const double s_per_B = 1 / r.bandwidth_Bps;
  const auto meeting = [&](double n, double times) {
    const double half = r.prefill_half_rows * times / n;
    return Meeting{n, times, 1 + half, share > 0 ? 1 + half * share / active : 1};
  };
  const Meeting every = meeting(tokens, passes), last = meeting(sequences, 1);
  double seconds = 0;
  for (std::size_t i = 0; i < m.load_count; ++i) {
    const OperatorLoad& load = m.loads[i];
    const Meeting& met = load.once_per_sequence ? last : every;
    const double bytes = met.passes * (load.bytes + share * load.expert_bytes);
    const double read_weights = met.passes * (load.weights + share * load.expert_weights);
    const double dense = met.positions * load.weights, routed = met.positions * active * load.expert_weights;
    const double multiply_adds = dense + routed;
    const double memory_s = bytes * s_per_B;
    const double dots_s = read_weights * r.decode_weight_s[load.format];
    const double product_s = r.prefill_weight_s[load.format];
    if (phase == Phase::decode && multiply_adds > 0) {
      // Every weight read meets a first token while the next is fetched; further tokens of a batch come on top, as
      // products of few rows or as dot products, whichever is faster.
      const double further = std::max(0.0, multiply_adds - read_weights);
      const double further_s = further > 0
                                   ? std::min(further * r.decode_weight_s[load.format],
                                              further * (1 + r.prefill_half_rows * read_weights / multiply_adds) *
                                                  product_s / r.batch_rate_share)
                                   : 0;
      // What loading repacks is handed out in a few large pieces.
      const double in_turns_s = is_known(r.row_s) && !r.memory.repacked_on_load[load.format]
                                    ? met.passes * (load.rows + share * load.expert_rows) * r.row_s
                                    : 0;
      seconds += run(rows, load.op, bytes, 2 * multiply_adds, memory_s, dots_s, further_s + in_turns_s);
      continue;
    }
    // As a matrix product: every weight read is dequantized once and meets every token once.
    const double filled = dense * met.dense_filled + routed * met.routed_filled;
    // A row or two go one by one, as in decoding.
    const double one_by_one = read_weights > 0 ? multiply_adds / read_weights * slower(dots_s, memory_s) : 0;
    seconds += run(rows, load.op, bytes, 2 * multiply_adds, memory_s,
                   std::min(slower(dots_s, filled * product_s), one_by_one));
  }
  return seconds;
}

/// `states`: of how many sequences the state is read and written.
double recurrent_s(const ModelCost& m, const Rates& r, double tokens, double flops, double states, Breakdown* rows) {
  if (m.recurrent_ops <= 0) return 0;
  const double operations = m.recurrent_ops * tokens, state_B = 2 * m.recurrent_state_B;
  const double first_s = states > 0 ? state_B / r.bandwidth_Bps : 0;
  const double further_s = states > 1 ? (states - 1) * state_B / r.state_bandwidth_Bps : 0;
  return run(rows, Operator::recurrent, states * state_B, operations, first_s + further_s, operations / flops);
}

/// Fixed time of one pass over the layers.
double pass_s(const ModelCost& m, const Rates& r) {
  const double recurrent = m.recurrent_layers > 0 ? m.recurrent_layers * r.recurrent_layer_s : 0;
  return r.step_s + m.launches * r.launch_s + recurrent;
}

/// Work of the device and the fixed time around it. An eager runtime issues kernels from the host while the device
/// works: only what the host takes longer is seen, and so where a runtime goes without its graphs (`issued_s`).
double with_fixed(const Rates& r, double work_s, double fixed_s, double issued_s, Breakdown* rows) {
  return work_s + fixed(rows, std::max(r.eager ? 0 : fixed_s, (r.eager ? fixed_s : issued_s) - work_s));
}

double visible(const AttentionClass& a, double context) { return a.window > 0 ? std::min(a.window, context) : context; }

/// Query-key pairs of a prompt of `n` tokens on top of `depth` cached ones, causal, windowed or not.
double causal_pairs(double window, double n, double depth) {
  if (window <= 0 || depth + n <= window) return n * depth + n * (n + 1) / 2;
  const double growing = std::max(0.0, std::min(n, window - depth));  // positions that see everything before them
  return growing * depth + growing * (growing + 1) / 2 + (n - growing) * window;
}

/// What crosses a network: UTF-8 of a token of a prompt (English has about 4 characters, OpenAI help center, "What are
/// tokens and how to count them"), headers of a request, and an event that streams one token of an answer, as OpenAI's
/// chat completions write it.
constexpr double prompt_token_B = 4, request_B = 1000, answer_token_B = 250;

// ---- memory -------------------------------------------------------------------------------------

/// Largest whole n in [low, high] with memory(n) <= limit, for memory that grows with n; low - 1 if none, unknown where
/// either is. Memory is nearly linear, in steps of `step`: what a line through the ends gives and the next step are
/// tried before the middle.
template <class Memory>
double largest(double low, double high, double step, double limit, const Memory& memory) {
  double low_B = memory(low), high_B = low_B;
  if (!is_known(low_B) || !is_known(limit)) return unknown;
  if (low_B > limit) return low - 1;
  const auto fits = [&](double n) {
    const double bytes = memory(n);
    const bool is = bytes <= limit;
    (is ? low : high) = n;
    (is ? low_B : high_B) = bytes;
    return is;
  };
  if (low == high || fits(high)) return high;
  const auto stepped = [&](double n) { return std::clamp(whole_down(n / step) * step, low + 1, high - 1); };
  while (high - low > step) {
    if (fits(stepped(low + (limit - low_B) / (high_B - low_B) * (high - low)))) {
      if (high - low > 1) fits(stepped(low + step));
    } else if (high - low > 1) {
      fits(stepped(high - 1));
    }
    if (high - low > step) fits(stepped((low + high) / 2));
  }
  if (high - low > 1) fits(low + 1);
  while (high - low > 1) fits(whole_down((low + high) / 2));
  return low;
}

class Terms {
 public:
  explicit Terms(Estimate& e) : term_(e.term) {}
  double& operator[](Term t) { return term_[static_cast<std::size_t>(t)]; }

 private:
  std::array<double, term_count>& term_;
};

}  // namespace

const char* to_string(Situation s) {
  switch (s) {
    case Situation::calibrated:
      return "calibrated";
    case Situation::related:
      return "related";
    case Situation::datasheet:
      return "datasheet";
  }
  return "";
}

Parameters parameters_for(const Device& d, const Runtime& rt, const Calibration* calibration) {
  Parameters p = rt.defaults;
  const std::string_view name = processor_class(d, rt.processor);
  for (const auto& c : rt.classes)
    if (c.processor_class == name) p = c.parameters.over(p);
  return calibration ? calibration->parameters.over(p) : p;
}

Rates resolve(const Device& d, const Runtime& rt, const Parameters& p, const FormatTable& formats,
              double kv_bytes_per_element, double threads, const MemoryQuestion& asked,
              const std::vector<FormatIndex>* only) {
  double vector = unknown, matrix = unknown;
  const double bandwidth_Bps = d.bandwidth_Bps(rt.processor);
  switch (rt.processor) {
    case Processor::cpu: {
      const double share = d.cpu_share(threads);
      vector = d.cpu_fp32_flops * share;
      matrix = d.cpu_int8_ops * share;
      break;
    }
    case Processor::gpu:
      vector = d.gpu_fp32_flops;
      matrix = d.gpu_matrix_ops(rt.prefill_uses_int8);
      break;
    case Processor::npu: {
      // Some vendors state no rate for their NPU. Fitted shares are then relative to this round number; decoding,
      // which memory binds, hardly depends on it.
      constexpr double nominal_ops = 2e13;
      vector = matrix = is_known(d.npu_ops) ? d.npu_ops : nominal_ops;
      break;
    }
    case Processor::count:
      break;
  }

  Rates r;
  r.parameters = p;
  const auto set_rates = [&](std::size_t f) {
    double &cost = r.parameters.decode_cost[f], &efficiency = r.parameters.prefill_efficiency[f];
    auto like = formats.formats()[f].costs_like;
    for (std::size_t hops = 0; like && hops < formats.size(); ++hops, like = formats.formats()[*like].costs_like) {
      if (!is_known(cost)) cost = p.decode_cost[*like];
      if (!is_known(efficiency)) efficiency = p.prefill_efficiency[*like];
    }
    r.decode_weight_s[f] = cost / (p[Parameter::decode_rate_share] * vector);
    r.prefill_weight_s[f] = 2 / (p[Parameter::prefill_rate_share] * matrix * efficiency);
  };
  if (only) {
    for (const FormatIndex f : *only) set_rates(f);
  } else {
    for (std::size_t f = 0; f < formats.size(); ++f) set_rates(f);
  }
  r.memory_bandwidth_Bps = bandwidth_Bps;
  r.vector_ops = vector;
  r.matrix_ops = matrix;
  r.device_idle_w = d.idle_w;
  r.device_full_w = d.full_power_w();
  r.bandwidth_Bps = p[Parameter::bandwidth_share] * bandwidth_Bps;
  r.kv_bandwidth_Bps = p[Parameter::kv_bandwidth_share] * bandwidth_Bps;
  r.state_bandwidth_Bps = p[Parameter::state_bandwidth_share] * bandwidth_Bps;
  r.prefill_half_rows = p[Parameter::prefill_half_rows];
  r.decode_attention_flops = p[Parameter::attention_decode_share] * vector;
  r.prefill_attention_flops = p[Parameter::attention_prefill_share] * matrix;
  r.activations_per_s = p[Parameter::activation_share] * vector;
  r.prefill_recurrent_flops = p[Parameter::recurrent_prefill_share] * matrix;
  r.batch_rate_share = p[Parameter::batch_rate_share];
  r.sequence_s = p[Parameter::sequence_s];
  r.step_s = p[Parameter::step_s];
  r.launch_s = p[Parameter::launch_s];
  // One thread takes all rows one after the other.
  r.row_s = threads > 1 ? p[Parameter::row_s] / threads : unknown;
  r.recurrent_layer_s = p[Parameter::recurrent_layer_s];
  r.prefill_step_s = p[Parameter::prefill_step_s];
  r.storage_Bps = d.storage_Bps;
  r.load_bandwidth_share = d.load_bandwidth_share;
  r.host_link_Bps = d.kind == DeviceKind::host_centric ? d.host_link_Bps : unknown;
  r.capacity_B = d.memory_capacity_B;
  r.kept_B = d.kept_memory_B(asked);
  r.taken_B = asked.taken_B;
  r.lent_B = d.lent_memory_B(rt.processor, asked);
  r.usable_B = d.usable_memory_B(rt.processor, asked);
  r.kv_bytes_per_element = kv_bytes_per_element;
  r.idle_w = p[Parameter::idle_share] * d.idle_w;
  r.full_w = r.idle_w + (r.device_full_w - r.device_idle_w);
  r.decode_power_share = p[Parameter::decode_power_share];
  if (is_known(p[Parameter::work_power_share])) r.work_power_share = p[Parameter::work_power_share];
  r.prefill_power_share = p[Parameter::prefill_power_share];
  // A Raspberry Pi 5 that decodes draws three quarters as much above idle with two threads (6.0 to 6.5 W of its rails)
  // as with all four (10.5 to 11.9 W at the wall; presets/measurements/published.csv).
  if (rt.processor == Processor::cpu) r.active_share = std::sqrt(d.cpu_share(threads));
  r.power_scope = d.power_scope;
  r.price_usd = d.price_usd;
  r.memory = rt.memory;
  r.memory.repacks_tied_output = rt.repacks_tied_output(d);
  r.reserve = resolve(rt.reserve, d, Workload());
  r.prefill_chunk = rt.prefill_chunk;
  r.eager = rt.eager;
  r.reads_from_storage = rt.memory.model == MemoryModel::llama_cpp && rt.processor == Processor::cpu;
  return r;
}

void set_speed(Rates& r, const ModelSpeed& speed, Processor processor) {
  const Parameters before = r.parameters;
  r.parameters = at_speed(before, speed, processor);
  const auto by = [&](Parameter p) { return r.parameters[p] / before[p]; };
  const auto scale = [](auto& rates, double factor) {
    for (double& rate : rates) rate *= factor;
  };
  r.bandwidth_Bps *= by(Parameter::bandwidth_share);
  r.kv_bandwidth_Bps *= by(Parameter::kv_bandwidth_share);
  r.state_bandwidth_Bps *= by(Parameter::state_bandwidth_share);
  scale(r.decode_weight_s, 1 / by(Parameter::decode_rate_share));
  scale(r.prefill_weight_s, 1 / by(Parameter::prefill_rate_share));
  r.decode_attention_flops *= by(Parameter::attention_decode_share);
  r.prefill_attention_flops *= by(Parameter::attention_prefill_share);
  r.activations_per_s *= by(Parameter::activation_share);
  r.prefill_recurrent_flops *= by(Parameter::recurrent_prefill_share);
  r.sequence_s *= by(Parameter::sequence_s);
  r.step_s *= by(Parameter::step_s);
  r.launch_s *= by(Parameter::launch_s);
  r.row_s *= by(Parameter::row_s);
  r.recurrent_layer_s *= by(Parameter::recurrent_layer_s);
  r.prefill_step_s *= by(Parameter::prefill_step_s);
}

void convert_power(Rates& r, Scope scope, const PowerScale& scale) {
  r.power_scope = scope;
  r.power_scale = scale;
  r.idle_w = scale.value(r.idle_w);
  if (r.idle_w < 0) r.idle_w = 0;
  r.full_w = scale.value(r.full_w);
}

namespace {

/// A decode step whose weight matrices take `seconds`: what they take does not depend on the context.
double decode_step_with_s(double seconds, const ModelCost& m, const Rates& r, double context, double batch,
                          Breakdown* rows, double positions = 1) {
  for (std::size_t i = 0; i < m.attention_count; ++i) {
    const AttentionClass& a = m.attention[i];
    const double tokens = a.layers * visible(a, context) * batch;
    const double bytes = r.memory.kv_passes * tokens * a.kv_elements * r.kv_bytes_per_element;
    const double operations = 2 * positions * tokens * a.heads * (a.score_dim + a.value_dim);
    seconds += run(rows, Operator::attention, bytes, operations, bytes / r.kv_bandwidth_Bps,
                   operations / r.decode_attention_flops);
  }
  seconds += recurrent_s(m, r, positions * batch, r.decode_attention_flops, batch, rows);
  const double further_s = batch > 1 ? (batch - 1) * r.sequence_s : 0;
  return with_fixed(r, seconds, pass_s(m, r) + further_s, m.launches * r.issue_s, rows);
}

/// What the formats of a model cost on average, over the weights that a token multiplies.
struct FormatMeans {
  double decode_cost = unknown, prefill_efficiency = unknown;
};
FormatMeans format_means(const ModelCost& m, const Parameters& p) {
  const double active = m.experts > 0 ? m.experts_per_token / m.experts : 0;
  double weights = 0, decode = 0, prefill = 0;
  for (std::size_t i = 0; i < m.load_count; ++i) {
    const OperatorLoad& load = m.loads[i];
    const double n = load.weights + active * load.expert_weights;
    weights += n;
    decode += n * p.decode_cost[load.format];
    prefill += n / p.prefill_efficiency[load.format];
  }
  return {decode / weights, weights / prefill};
}

/// Time of a tower for `batch` sequences: its weights are read once, whatever the number of inputs.
double tower_s(const TowerCost& t, const TowerLoad& one, const Rates& r, double batch, Operator op, Breakdown& rows) {
  if (one.weight_ops <= 0) return 0;
  const double rows_of_products = batch * one.positions;
  const double filled =
      batch * one.weight_ops / 2 * (1 + (rows_of_products > 0 ? r.prefill_half_rows / rows_of_products : 0));
  const double operations = batch * (one.weight_ops + one.pair_ops);
  return run(&rows, op, t.bytes, operations, t.bytes / r.bandwidth_Bps,
             filled * r.prefill_weight_s[t.format] + batch * one.pair_ops / r.prefill_attention_flops);
}

}  // namespace

double decode_step_s(const ModelCost& m, const Rates& r, double context, double batch, Breakdown* rows) {
  return decode_step_with_s(linear_s(m, r, Phase::decode, batch, batch, 1, rows), m, r, context, batch, rows);
}

double verify_step_s(const ModelCost& m, const Rates& r, double context, double batch, double positions) {
  const double rows = batch * positions;
  return decode_step_with_s(linear_s(m, r, Phase::decode, rows, rows, 1, nullptr), m, r, context, batch, nullptr,
                            positions);
}

double draft_B(const ModelCost& m, const Rates& r, double prompt, double context, double batch) {
  const GrowingMemory growing(m, r);
  return m.text_B - lookup_tables_B(m, r) + batch * (growing.kv_cache_B(context, 0) + m.recurrent_state_B) +
         growing.compute_buffer_B(prompt, context, batch);
}

double prefill_s(const ModelCost& m, const Rates& r, double prompt, double depth, double batch, Breakdown* rows) {
  const double passes = r.prefill_chunk > 0 ? whole_up(prompt / r.prefill_chunk) : 1;
  double seconds = linear_s(m, r, Phase::prefill, prompt * batch, batch, std::max(1.0, passes), rows);
  for (std::size_t i = 0; i < m.attention_count; ++i) {
    const AttentionClass& a = m.attention[i];
    const double pairs = a.layers * batch * causal_pairs(a.window, prompt, depth);
    const double operations = 2 * pairs * a.heads * (a.score_dim + a.value_dim);
    const double bytes =
        a.layers * batch * passes * visible(a, depth + prompt) * a.kv_elements * r.kv_bytes_per_element;
    seconds += run(rows, Operator::attention, bytes, operations, bytes / r.kv_bandwidth_Bps,
                   operations / r.prefill_attention_flops);
  }
  seconds += recurrent_s(m, r, prompt * batch, r.prefill_recurrent_flops, 0, rows);
  const double passed_on = is_known(r.activations_per_s) ? prompt * batch * m.activations / r.activations_per_s : 0;
  return with_fixed(r, seconds, passed_on + r.prefill_step_s + std::max(1.0, passes) * pass_s(m, r),
                    std::max(1.0, passes) * m.launches * r.issue_s, rows);
}

namespace {

/// What becomes of the prompt and of the answer, s.
struct Times {
  double prefill = 0, first = 0, mean = 0, last = 0;
  double host = 0, crossing = 0, paging = 0;  ///< of the mean step
};

/// Whether a prompt would be read faster than a token of each sequence is written, which it is not: a pass over it
/// reads the same weights. Then the rows are free for those of such a step.
bool is_too_fast(const Times& t, Breakdown& rows) {
  if (!(t.prefill > 0 && t.prefill < t.first)) return false;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (i != static_cast<std::size_t>(Operator::vision) && i != static_cast<std::size_t>(Operator::audio)) rows[i] = {};
  return true;
}

/// All in one place.
Times times_of(const ModelCost& m, const Rates& r, const Workload& w, double prompt, double first, double last,
               Estimate& out) {
  Times t;
  t.prefill = prompt > 0 ? prefill_s(m, r, prompt, w.depth, w.batch, &out.prefill) : 0;
  const double matrices_s = linear_s(m, r, Phase::decode, w.batch, w.batch, 1, &out.decode);
  t.first = decode_step_with_s(matrices_s, m, r, first, w.batch, nullptr);
  t.last = decode_step_with_s(matrices_s, m, r, last, w.batch, nullptr);
  // A step's time is linear in the context but for windows that fill up, so its mean is the step at mid-way.
  t.mean = decode_step_with_s(matrices_s, m, r, (first + last) / 2, w.batch, &out.decode);
  if (is_too_fast(t, out.prefill)) t.prefill = decode_step_s(m, r, first, w.batch, &out.prefill);
  return t;
}

Times times_of(const PlacedModel& m, const Workload& w, double prompt, double first, double last, Estimate& out) {
  Times t;
  const double mean = (first + last) / 2;
  t.prefill = prompt > 0 ? m.prefill_s(prompt, w.depth, w.batch, &out.prefill) : 0;
  t.first = m.decode_step_s(first, w.batch);
  t.last = m.decode_step_s(last, w.batch);
  t.mean = m.decode_step_s(mean, w.batch, &out.decode);
  if (is_too_fast(t, out.prefill)) t.prefill = m.decode_step_s(first, w.batch, &out.prefill);
  t.host = m.host_s(mean, w.batch);
  t.crossing = m.crossing_s(w.batch);
  t.paging = m.paging_s(w.batch);
  return t;
}

}  // namespace

void estimate(const ModelCost& m, const Rates& r, const Workload& w, Estimate& out, const Rates* host, Limits limits) {
  Terms t(out);
  out.decode = {};
  out.prefill = {};

  const TowerLoad image = m.vision.present ? image_load(m.vision, w.image_width, w.image_height) : TowerLoad{};
  const TowerLoad seen = vision_load(m, w), heard = hearing_load(m, w);
  const double prompt = w.prompt + seen.tokens + heard.tokens;
  const double full_context = w.depth + prompt + w.generate;
  const bool divided = is_known(w.parallel) && w.kv_unified != 1;
  const double context = w.context > 0       ? w.context
                         : divided           ? full_context * std::max(w.parallel, w.batch)
                         : w.kv_unified == 1 ? full_context * w.batch
                                             : full_context;

  t[Term::prompt_tokens] = prompt;
  t[Term::generated_tokens] = w.generate;
  t[Term::depth_tokens] = w.depth;
  t[Term::batch] = w.batch;
  t[Term::images] = w.images;
  t[Term::image_width] = w.image_width;
  t[Term::image_height] = w.image_height;
  t[Term::audio_s] = w.audio_s;
  t[Term::context_tokens] = context;
  t[Term::parameters] = m.parameters;
  const double file = loaded_B(m, r, w);
  t[Term::file_B] = file;
  t[Term::bits_per_weight] = 8 * m.file_B / m.parameters;
  t[Term::layers] = m.layers;
  t[Term::launches] = m.launches;
  t[Term::activations] = m.activations;
  t[Term::recurrent_layers] = m.recurrent_layers;
  t[Term::image_tokens] = image.tokens;
  t[Term::audio_tokens] = heard.tokens;
  t[Term::vision_ops_per_image] = image.weight_ops + image.pair_ops;
  t[Term::audio_ops] = heard.weight_ops + heard.pair_ops;
  t[Term::kv_B_per_element] = r.kv_bytes_per_element;
  t[Term::memory_bandwidth_Bps] = r.memory_bandwidth_Bps;
  t[Term::vector_ops] = r.vector_ops;
  t[Term::matrix_ops] = r.matrix_ops;
  t[Term::host_link_Bps] = r.host_link_Bps;
  t[Term::capacity_B] = r.capacity_B;
  t[Term::kept_B] = r.kept_B;
  t[Term::memory_taken_B] = r.taken_B;
  t[Term::device_idle_w] = r.device_idle_w;
  t[Term::device_full_w] = r.device_full_w;
  t[Term::price_usd] = w.devices * r.price_usd;
  t[Term::battery_Wh] = w.battery_wh;
  t[Term::electricity_usd_per_kWh] = w.electricity_usd_per_kwh;
  t[Term::requests_per_day] = w.requests_per_day;
  t[Term::device_life_years] = w.device_life_years;
  const bool reserves = r.reserve.of != ShareOf::nothing;
  t[Term::reserve_share] = r.reserve.share;
  t[Term::batched_tokens] = reserves ? r.reserve.batched_tokens : r.memory.micro_batch;
  t[Term::max_sequences] = reserves ? r.reserve.sequences : w.batch;
  t[Term::api_usd_per_Mtok] = w.api_usd_per_mtok;
  t[Term::grid_gCO2e_per_kWh] = w.grid_gco2e_per_kwh;

  // What the runtime reaches, and the rates that follow.
  const Parameters& p = r.parameters;
  const FormatMeans means = format_means(m, p);
  t[Term::bandwidth_share] = p[Parameter::bandwidth_share];
  t[Term::kv_bandwidth_share] = p[Parameter::kv_bandwidth_share];
  t[Term::decode_rate_share] = p[Parameter::decode_rate_share];
  t[Term::decode_cost] = means.decode_cost;
  t[Term::prefill_rate_share] = p[Parameter::prefill_rate_share];
  t[Term::prefill_efficiency] = means.prefill_efficiency;
  t[Term::prefill_half_rows] = r.prefill_half_rows;
  t[Term::attention_decode_share] = p[Parameter::attention_decode_share];
  t[Term::attention_prefill_share] = p[Parameter::attention_prefill_share];
  t[Term::activation_share] = p[Parameter::activation_share];
  t[Term::recurrent_prefill_share] = p[Parameter::recurrent_prefill_share];
  t[Term::batch_rate_share] = r.batch_rate_share;
  t[Term::state_bandwidth_share] = p[Parameter::state_bandwidth_share];
  t[Term::sequence_s] = r.sequence_s;
  t[Term::step_overhead_s] = r.step_s;
  t[Term::launch_overhead_s] = std::max(r.launch_s, r.issue_s);
  t[Term::row_s] = r.row_s;
  t[Term::recurrent_layer_s] = r.recurrent_layer_s;
  t[Term::prefill_step_s] = r.prefill_step_s;
  t[Term::idle_share] = p[Parameter::idle_share];
  t[Term::decode_power_share] = r.decode_power_share;
  t[Term::work_power_share] = r.work_power_share;
  t[Term::prefill_power_share] = r.prefill_power_share;
  t[Term::power_factor] = r.power_scale.value.factor;
  t[Term::power_offset_w] = r.power_scale.value.offset_w;
  t[Term::active_share] = r.active_share;
  t[Term::bandwidth_Bps] = r.bandwidth_Bps;
  t[Term::kv_bandwidth_Bps] = r.kv_bandwidth_Bps;
  t[Term::state_bandwidth_Bps] = r.state_bandwidth_Bps;
  t[Term::decode_weights_per_s] = p[Parameter::decode_rate_share] * r.vector_ops / means.decode_cost;
  t[Term::prefill_weights_per_s] = p[Parameter::prefill_rate_share] * r.matrix_ops * means.prefill_efficiency / 2;
  t[Term::decode_attention_flops] = r.decode_attention_flops;
  t[Term::prefill_attention_flops] = r.prefill_attention_flops;
  t[Term::activations_per_s] = r.activations_per_s;
  t[Term::prefill_recurrent_flops] = r.prefill_recurrent_flops;
  // The rest of the system is there once, however many cards it holds.
  const double once_w = (w.devices - 1) * std::max(0.0, r.power_scale.value.offset_w);
  t[Term::idle_w] = w.devices * r.idle_w - once_w;
  t[Term::full_w] = w.devices * r.full_w - once_w;

  // Memory.
  t[Term::host_weights_B] = host_weights_B(m, r);
  t[Term::tower_B] = loaded_tower_B(m, r, w);
  t[Term::weight_copies_B] = weight_copies_B(m, r);
  const double resident = resident_weights_B(m, r, w);
  t[Term::weights_B] = resident;
  const GrowingMemory growing(m, r);
  t[Term::kv_B_per_token] = growing.kv_B_per_token();
  const auto drafts_B = [&](double n, double length, double batch) {
    return m.speculation ? draft_B(m.speculation->draft, r, n, length, batch) : 0;
  };
  const auto memory_B = [&](double n, double length, double batch) {
    const Slots each = slots_of(w, length, batch);
    return resident + growing.kv_caches_B(each, seen.cross_tokens) + each.count * m.recurrent_state_B +
           w.devices * (growing.compute_buffer_B(n, each.context, batch) + r.memory.runtime_reserve_B) +
           drafts_B(n, length, batch);
  };
  const Slots slots = slots_of(w, context, w.batch);
  t[Term::kv_cache_B] = growing.kv_caches_B(slots, seen.cross_tokens);
  t[Term::recurrent_state_B] = slots.count * m.recurrent_state_B;
  const double compute = growing.compute_buffer_B(prompt, slots.context, w.batch);
  t[Term::compute_buffer_B] = compute;
  t[Term::host_compute_B] = growing.host_compute_B(w, slots.context);
  t[Term::runtime_reserve_B] = r.memory.runtime_reserve_B;
  const double draft = drafts_B(prompt, context, w.batch);
  t[Term::draft_B] = draft;
  t[Term::model_load_B] = t[Term::weights_B];
  const double memory = memory_B(prompt, context, w.batch);
  t[Term::memory_B] = memory;
  // A runtime that reserves lends what it holds.
  const double other = resident + r.memory.runtime_reserve_B + draft, activation = compute - r.reserve.graph_B;
  const double reserved = reserves ? reserved_B(r.reserve, other, activation) : memory;
  const double lent = reserves ? std::min(r.lent_B, reserved) : r.lent_B;
  const double usable_of_one = reserves ? std::min(r.usable_B, reserved) : r.usable_B;
  t[Term::lent_B] = lent;
  t[Term::usable_B] = usable_of_one;
  const double usable = w.devices * usable_of_one;
  t[Term::activation_B] = activation;
  t[Term::reserved_B] = reserved;
  const double cache = w.devices * (reserved - compute - r.memory.runtime_reserve_B) - resident - draft;
  t[Term::cache_B] = cache;
  t[Term::slot_context_tokens] = divided ? slots.context : context;
  // A cache of whole blocks, as many sequences of it as there is room for.
  const double sequence = growing.kv_cache_B(slots.context, seen.cross_tokens) + m.recurrent_state_B;
  t[Term::cache_tokens] =
      reserves ? whole_down(slots.context * std::max(0.0, cache) / sequence / r.memory.kv_padding) * r.memory.kv_padding
               : slots.caches * slots.context;
  t[Term::concurrency] = t[Term::cache_tokens] / t[Term::slot_context_tokens];
  t[Term::memory_share] = usable == 0 ? unknown : memory / usable;  // all taken: no share of it
  t[Term::max_context_tokens] = t[Term::max_batch] = unknown;
  if (limits == Limits::found) {
    const double positions = m.max_context > 0 ? m.max_context : 1048576;
    // What is compiled for a context holds no longer one.
    const double compiled = r.memory.fixed_context;
    const double context_limit = compiled > 0 ? std::min(positions, std::max(context, compiled)) : positions;
    t[Term::max_context_tokens] = largest(1, context_limit, r.memory.kv_padding, usable,
                                          [&](double c) { return memory_B(std::min(prompt, c), c, w.batch); });
    t[Term::max_batch] =
        largest(1, divided ? w.parallel : 4096, 1, usable, [&](double b) { return memory_B(prompt, context, b); });
  }
  const Split split =
      place(m, r, host, w,
            {resident, t[Term::tower_B], t[Term::kv_cache_B] + t[Term::recurrent_state_B],
             t[Term::compute_buffer_B] + t[Term::runtime_reserve_B] + t[Term::draft_B] / w.devices, usable_of_one});
  t[Term::devices] = w.devices;
  t[Term::layers_on_device] = split.layers;
  t[Term::expert_layers_on_device] = split.expert_layers;
  t[Term::device_memory_B] = split.device_B;
  t[Term::free_B] = usable - split.device_B;
  t[Term::host_memory_B] = t[Term::host_weights_B] + t[Term::host_compute_B] + split.host_B;
  t[Term::host_usable_B] = host ? host->usable_B : unknown;
  t[Term::host_bandwidth_Bps] = host ? host->bandwidth_Bps : unknown;
  t[Term::unplaced_B] = split.over_B;

  // Time.
  t[Term::repacked_B] = repacked_B(m, r);
  t[Term::upload_s] = is_known(r.host_link_Bps) ? split.device_weights_B / r.host_link_Bps : 0;
  t[Term::storage_Bps] = storage_Bps(r, split.host_B > 0 ? host : nullptr);
  t[Term::load_cold_s] = file / t[Term::storage_Bps] + t[Term::upload_s];
  // From the page cache the weights are copied once (read and write), those that are repacked once more, and all over
  // the link of a card.
  t[Term::load_warm_s] = 2 * (file + t[Term::repacked_B]) / r.bandwidth_Bps + t[Term::upload_s];
  t[Term::vision_s] = tower_s(m.vision, seen, r, w.batch, Operator::vision, out.prefill);
  t[Term::audio_tower_s] = tower_s(m.audio, heard, r, w.batch, Operator::audio, out.prefill);
  const double first = w.depth + prompt, last = std::max(first, full_context - 1);
  const bool alone = split.whole(m) && split.over_B == 0 && w.devices == 1;
  const Times times = alone ? times_of(m, r, w, prompt, first, last, out)
                            : times_of(PlacedModel(m, r, host, w, split), w, prompt, first, last, out);
  const Speculation* drafts = w.draft_tokens == 0 ? nullptr : m.speculation.get();
  const double accepted = !drafts ? 0 : is_known(w.acceptance) ? w.acceptance : drafts->acceptance;
  const SpeculativeStep step =
      drafts ? speculate(m, r, (first + last) / 2, w.batch, times.mean, w.draft_tokens, accepted) : SpeculativeStep{};
  t[Term::acceptance] = accepted;
  t[Term::draft_tokens] = step.draft_tokens;
  t[Term::tokens_per_step] = step.tokens;
  t[Term::draft_token_s] = step.draft_s;
  t[Term::verify_s] = drafts ? step.verify_s : times.mean;
  t[Term::speculation_speedup] = step.speedup;
  // Whoever drafts reads the prompt as well.
  t[Term::draft_prefill_s] = drafts && prompt > 0 ? prefill_s(drafts->draft, r, prompt, w.depth, w.batch) : 0;
  const bool linked = is_known(w.link_rtt_ms) || is_known(w.link_mb_s);
  const double link_Bps = is_known(w.link_mb_s) ? w.link_mb_s * 1e6 : unknown;
  t[Term::link_rtt_s] = is_known(w.link_rtt_ms) ? w.link_rtt_ms / 1e3 : 0;
  t[Term::link_Bps] = link_Bps;
  t[Term::link_token_s] = is_known(link_Bps) ? w.batch * answer_token_B / link_Bps : 0;
  t[Term::network_s] =
      !linked ? 0
              : t[Term::link_rtt_s] + t[Term::link_token_s] +
                    (is_known(link_Bps) ? w.batch * (request_B + prompt_token_B * w.prompt) / link_Bps : 0);
  t[Term::prefill_tok_s] = prompt > 0 ? prompt * w.batch / times.prefill : unknown;
  t[Term::host_s] = times.host;
  t[Term::crossing_s] = times.crossing;
  t[Term::paging_s] = times.paging;
  t[Term::tpot_start_s] = times.first / step.speedup;
  t[Term::tpot_end_s] = times.last / step.speedup;
  const double mean = times.mean / step.speedup;
  t[Term::tpot_mean_s] = mean;
  // With nothing to read, the first token takes a step as the others do.
  t[Term::first_step_s] = prompt > 0 ? 0 : t[Term::tpot_start_s];
  const double reading_s = times.prefill + t[Term::vision_s] + t[Term::audio_tower_s] + t[Term::draft_prefill_s];
  t[Term::ttft_s] = reading_s + t[Term::first_step_s] + t[Term::network_s];
  t[Term::decode_tok_s] = w.batch / mean;
  const double steps = std::max(0.0, w.generate - 1);
  t[Term::total_latency_s] = t[Term::ttft_s] + steps * std::max(mean, t[Term::link_token_s]);
  t[Term::throughput_tok_s] = w.generate > 0 ? w.batch * w.generate / t[Term::total_latency_s] : unknown;

  // What binds.
  double bytes = 0, operations = 0, prefill_bytes = 0, prefill_operations = 0;
  for (std::size_t i = 0; i < out.decode.size(); ++i) {
    bytes += out.decode[i].bytes;
    operations += out.decode[i].operations;
    prefill_bytes += out.prefill[i].bytes;
    prefill_operations += out.prefill[i].operations;
  }
  t[Term::decode_bytes] = bytes;
  t[Term::decode_operations] = operations;
  t[Term::arithmetic_intensity] = operations / bytes;
  t[Term::prefill_operations] = prefill_operations;
  t[Term::prefill_intensity] = prompt > 0 ? prefill_operations / prefill_bytes : unknown;
  t[Term::decode_bandwidth_share] = bytes / times.mean / r.bandwidth_Bps;

  // Energy.
  const double idle_w = t[Term::idle_w];
  // Devices that each hold some layers work one after the other.
  const double at_work = r.active_share * (t[Term::full_w] - idle_w) / (splits_rows(r, w) ? 1 : w.devices);
  // A sensor of the card does not see the host.
  t[Term::host_w] = times.host > 0 && r.power_scope != Scope::gpu
                        ? host->decode_power_share * host->active_share * (host->full_w - host->idle_w)
                        : 0;
  const double device_s = times.mean - times.host - times.paging;
  t[Term::decode_activity] =
      activity(r.work_power_share, r.load_bandwidth_share * std::min(1.0, bytes / device_s / r.bandwidth_Bps),
               operations / bytes);
  // No more than the full load.
  const double decode_share =
      std::min(r.decode_power_share * t[Term::decode_activity], std::max(r.decode_power_share, 1.0));
  t[Term::decode_w] = idle_w + (decode_share * at_work * device_s + t[Term::host_w] * times.host) / times.mean;
  t[Term::prefill_w] = idle_w + r.prefill_power_share * at_work;
  t[Term::energy_per_token_J] = t[Term::decode_w] * mean / w.batch;
  t[Term::prefill_energy_J] = t[Term::prefill_w] * reading_s;
  t[Term::request_energy_J] = t[Term::prefill_energy_J] + t[Term::decode_w] * (t[Term::first_step_s] + steps * mean);
  // It idles while the network is at work.
  const double waiting_s = t[Term::network_s] + steps * std::max(0.0, t[Term::link_token_s] - mean);
  t[Term::mean_w] = (t[Term::request_energy_J] + idle_w * waiting_s) / t[Term::total_latency_s];
  const double tokens = w.batch * w.generate;
  const double joules_per_token = tokens > 0 ? t[Term::request_energy_J] / tokens : unknown;
  t[Term::energy_Wh_per_Mtok] = joules_per_token * 1e6 / 3600;
  t[Term::tokens_per_J] = 1 / joules_per_token;
  // With a request rate: idle between requests; without one: busy all the time.
  const double busy =
      is_known(w.requests_per_day) ? std::min(1.0, w.requests_per_day * t[Term::total_latency_s] / 86400) : 1;
  t[Term::busy_share] = busy;
  t[Term::battery_h] = battery_hours(w.battery_wh, busy, t[Term::mean_w], idle_w);
  t[Term::requests_per_battery] = t[Term::battery_h] * 3600 * busy / t[Term::total_latency_s];
  t[Term::electricity_usd_per_Mtok] = t[Term::energy_Wh_per_Mtok] / 1000 * w.electricity_usd_per_kwh;
  const double tokens_per_life = busy * t[Term::throughput_tok_s] * w.device_life_years * 365.25 * 86400;
  t[Term::device_usd_per_Mtok] = t[Term::price_usd] / tokens_per_life * 1e6;
  t[Term::usd_per_Mtok] = t[Term::electricity_usd_per_Mtok] + t[Term::device_usd_per_Mtok];
  t[Term::saved_usd_per_Mtok] = t[Term::api_usd_per_Mtok] - t[Term::usd_per_Mtok];
  t[Term::co2e_g_per_Mtok] = t[Term::energy_Wh_per_Mtok] / 1000 * w.grid_gco2e_per_kwh;
}

}  // namespace edgewise
