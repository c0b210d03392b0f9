#include "edgewise/roofline.h"

namespace edgewise {

namespace {

Roofline::Point point(std::string_view phase, double operations, double intensity, double seconds, const Ranged& time,
                      const Breakdown& rows) {
  // A range of the phase's time is one of its rate, the other way round.
  const double rate = operations > 0 ? operations / seconds : unknown;
  return {phase,
          operations > 0 ? intensity : unknown,
          {rate, rate * time.value / time.high, rate * time.value / time.low},
          bound(rows)};
}

}  // namespace

Roofline roofline(const Answer& a) {
  const Estimate& e = a.estimate;
  const Device& d = a.device;
  Roofline out;
  out.processor = a.runtime->processor;
  out.alone = !a.is_split();
  out.bandwidth = {d.memory_bandwidth_Bps, e[Term::bandwidth_Bps]};

  // Which of the rates a phase computes at; a weight is multiplied and added.
  const double decode = 2 * e[Term::decode_weights_per_s], prefill = 2 * e[Term::prefill_weights_per_s];
  const auto ceiling = [&](std::string_view number, double peak, bool in_decode, bool in_prefill) {
    if (!is_known(peak)) return;
    Roofline::Ceiling c;
    c.number = number;
    c.peak = peak;
    c.decode = in_decode;
    c.prefill = in_prefill;
    if (in_prefill)
      c.reached = prefill;
    else if (in_decode)
      c.reached = decode;
    c.ridge = {c.peak / out.bandwidth.peak, c.reached / out.bandwidth.reached};
    out.ceilings.push_back(c);
  };
  switch (out.processor) {
    case Processor::cpu: {
      const bool int8 = is_known(d.cpu_int8_dot_ops) || is_known(d.cpu_int8_i8mm_ops);
      ceiling("fp32", d.cpu_fp32_flops, true, !int8);
      if (int8) ceiling("int8", d.cpu_int8_ops, false, true);
      break;
    }
    case Processor::gpu: {
      const bool int8 = a.runtime->prefill_uses_int8 && is_known(d.gpu_matrix_int8_ops);
      const bool matrix = !int8 && is_known(d.gpu_matrix_fp16_flops);
      const bool fp16 = !int8 && !matrix && is_known(d.gpu_fp16_flops);
      ceiling("fp32", d.gpu_fp32_flops, true, !int8 && !matrix && !fp16);
      ceiling("fp16", d.gpu_fp16_flops, false, fp16);
      ceiling("fp16-matrix", d.gpu_matrix_fp16_flops, false, matrix);
      ceiling("int8-matrix", d.gpu_matrix_int8_ops, false, int8);
      break;
    }
    case Processor::npu:
      ceiling("npu", d.npu_ops, true, true);
      break;
    case Processor::count:
      break;
  }

  if (e[Term::generated_tokens] > 0)
    out.points.push_back(point("decode", e[Term::decode_operations], e[Term::arithmetic_intensity],
                               e[Term::tpot_mean_s] * e[Term::speculation_speedup], a.ranged(Term::tpot_mean_s),
                               e.decode));
  if (e[Term::prompt_tokens] > 0)
    out.points.push_back(point("prefill", e[Term::prefill_operations], e[Term::prefill_intensity],
                               e[Term::ttft_s] - e[Term::draft_prefill_s] - e[Term::network_s], a.ranged(Term::ttft_s),
                               e.prefill));
  return out;
}

}  // namespace edgewise
