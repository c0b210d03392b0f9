// Runtimes that reserve memory, against what vLLM printed; slots and refused caches of llama.cpp; launchers.

#include "edgewise/reserve.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>

#include "edgewise/answer.h"
#include "edgewise/options.h"
#include "edgewise/sweep.h"
#include "edgewise/text.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::Contains;
using test::answered;

namespace {

Query question(const char* model, const char* device, const char* runtime, const char* quant = "") {
  Query q;
  q.model = model;
  q.device = device;
  q.runtime = runtime;
  q.quant = quant;
  return q;
}

Answer asked(Query q, const std::function<void(Workload&)>& with) {
  with(q.workload);
  return answered(q);
}

double told(const std::map<std::string, std::string>& row, const char* column) {
  const std::string& text = row.at(column);
  return text.empty() ? unknown : std::stod(text);
}

std::string errors_of(const Query& q) {
  const auto a = answer(test::shipped(), q);
  return a ? "" : test::describe(a.errors());
}

}  // namespace

TEST_CASE("vLLM: activations and tokens of cache as start-up logs print them") {
  std::vector<double> off;
  for (const auto& row : test::read_csv(test::source_path("tests/data/vllm-cache.csv"))) {
    Query q = question(row.at("model").c_str(), row.at("device").c_str(), "vllm-cuda", row.at("quant").c_str());
    q.workload.context = told(row, "context");
    q.workload.gpu_memory_utilization = told(row, "gpu_memory_utilization");
    q.workload.max_num_batched_tokens = told(row, "max_num_batched_tokens");
    q.workload.max_num_seqs = told(row, "max_num_seqs");
    Answer a = answered(q);
    // The release of the log.
    a.rates.reserve.logit_B = told(row, "logit_bytes");
    if (told(row, "graphs_counted") == 0) a.rates.reserve.graph_B = 0;
    estimate(a.cost, a.rates, a.query.workload, a.estimate);
    const double tokens = told(row, "cache_tokens"), bytes = told(row, "cache_gib") * gib;
    const double ratio = is_known(tokens) ? a.estimate[Term::cache_tokens] / tokens : a.estimate[Term::cache_B] / bytes;
    std::cout << q.model << " on " << q.device << ", " << row.at("version") << ": " << a.estimate[Term::cache_tokens]
              << " tokens of cache, " << 100 * (ratio - 1) << " %\n";
    off.push_back(std::fabs(ratio - 1));
    INFO(row.at("source") << " " << q.model);
    CHECK(off.back() < 0.1);
    if (const double activation = told(row, "activation_gib") * gib; is_known(activation))
      CHECK(std::fabs(a.estimate[Term::activation_B] / activation - 1) < 0.06);
  }
  std::sort(off.begin(), off.end());
  CHECK(off.size() >= 10);
  CHECK(off[off.size() / 2] < 0.04);
}

TEST_CASE("vLLM: the sampler of releases that filter in place") {
  // https://github.com/malaiwah/qwen38-27b-exl3: 2.33 GiB on an RTX PRO 6000, whose server has the large defaults.
  Reserve r;
  r.of = ShareOf::total;
  r.batched_tokens = 8192;
  r.sequences = 1024;
  r.logit_B = test::shipped().runtime("vllm-cuda")->reserve.logit_B;
  CHECK(std::fabs(profile_activation_B(test::cost_of("qwen3.8-27b", "bf16"), r) / gib / 2.33 - 1) < 0.07);
}

TEST_CASE("vLLM: what is held, what a request needs of it, and what does not start") {
  const Query q = question("llama-3.1-8b", "rtx-3090-24gb", "vllm-cuda", "fp16");
  const Answer a = answered(q);
  const Estimate& e = a.estimate;
  // 0.92 of the 23.56 GiB that the driver shows of 24.
  CHECK(std::fabs(e[Term::reserved_B] / gib - 0.92 * 23.56) < 0.01);
  CHECK(e[Term::memory_B] < e[Term::reserved_B]);
  CHECK(e[Term::usable_B] == e[Term::reserved_B]);
  CHECK(metric_value(e, Metric::peak_mem_mib) == e[Term::reserved_B] / mib);
  CHECK(e[Term::cache_B] ==
        e[Term::reserved_B] - e[Term::weights_B] - e[Term::compute_buffer_B] - e[Term::runtime_reserve_B]);
  CHECK(std::fmod(e[Term::cache_tokens], 16) == 0);
  CHECK(e[Term::concurrency] == e[Term::cache_tokens] / e[Term::context_tokens]);
  // A request whose context is longer than the cache does not fit, one of just that length does.
  CHECK(verdict(asked(q, [&](Workload& w) { w.context = e[Term::cache_tokens] + 16; })) == Verdict::does_not_run);
  CHECK(verdict(asked(q, [&](Workload& w) { w.context = e[Term::cache_tokens]; })) != Verdict::does_not_run);
  // The weights alone are more than the share.
  const Answer none = asked(question("qwen2.5-7b", "rtx-4060-8gb", "vllm-cuda"), [](Workload& w) {
    w.gpu_memory_utilization = 0.7;  // https://github.com/vllm-project/vllm/issues/13882: -1.05 GiB are left
    w.context = 4096;
    w.max_num_batched_tokens = 4096;
  });
  CHECK(none.estimate[Term::cache_B] < 0);
  CHECK(none.estimate[Term::cache_tokens] == 0);
  CHECK(verdict(none) == Verdict::does_not_run);
}

TEST_CASE("a share of more than the system leaves free: it says with which it starts") {
  for (const auto& [runtime, device] : {std::pair{"vllm-cuda", "jetson-orin-nano-8gb"},
                                        {"sglang-cuda", "jetson-orin-nano-8gb"},
                                        {"vllm-cuda", "rtx-3060-12gb"}}) {
    const auto with = [&, q = question("qwen3-1.7b", device, runtime)](double share) {
      return asked(q, [&](Workload& w) {
        w.gpu_memory_utilization = share;
        w.memory_taken_gib = 1;
      });
    };
    const auto starts = [](const Answer& a) {
      const Errors notes = warnings(a);
      return std::none_of(notes.begin(), notes.end(), [](const Error& n) { return n.code == "refuses_to_start"; });
    };
    INFO(runtime << " on " << device);
    const Answer most = with(0.99);
    REQUIRE_FALSE(starts(most));
    const double share = starting_share(most);
    CHECK(starts(with(share)));
    CHECK_FALSE(starts(with(share + 0.01)));
    CHECK_FALSE(is_known(starting_share(with(share))));
    CHECK_THAT(sentence(most), Contains("; it starts with ") && Contains(significant(share) + " or less."));
    CHECK(sentence(with(share)).find("starts with") == std::string::npos);
  }
}

TEST_CASE("the share of the memory: each runtime by its own rule, more of it is more cache") {
  for (const char* runtime : {"vllm-cuda", "sglang-cuda", "tensorrt-llm-cuda"}) {
    const Query q = question("llama-3.1-8b", "rtx-3090-24gb", runtime);
    double before = 0;
    for (const double share : {0.5, 0.6, 0.8, 0.9}) {
      const Answer a = asked(q, [&](Workload& w) { w.gpu_memory_utilization = share; });
      INFO(runtime << " " << share);
      CHECK(a.estimate[Term::cache_tokens] > before);
      before = a.estimate[Term::cache_tokens];
    }
  }
  // Activations are inside vLLM's share and on top of SGLang's; TensorRT-LLM's share is of what is left.
  const auto at = [](const char* runtime) {
    return asked(question("llama-3.1-8b", "rtx-3090-24gb", runtime),
                 [](Workload& w) { w.gpu_memory_utilization = 0.8; })
        .estimate;
  };
  const Estimate vllm = at("vllm-cuda"), sglang = at("sglang-cuda"), tensorrt = at("tensorrt-llm-cuda");
  CHECK(std::fabs(sglang[Term::reserved_B] - sglang[Term::compute_buffer_B] - vllm[Term::reserved_B]) < 1);
  const double held = tensorrt[Term::weights_B] + tensorrt[Term::compute_buffer_B] + tensorrt[Term::runtime_reserve_B];
  const double shown = vllm[Term::reserved_B] / 0.8;
  CHECK(std::fabs(tensorrt[Term::cache_B] - 0.8 * (shown - held)) < 1);
  // SGLang leaves 2.9 GiB of a small memory and 10 GiB of a large one, if nobody asks for a share.
  const auto left_gib = [](const char* device) {
    const Answer a = answered(question("qwen3-0.6b", device, "sglang-cuda"));
    return (1 - a.estimate[Term::reserve_share]) * a.rates.reserve.total_B / gib;
  };
  CHECK_THAT(left_gib("rtx-4060-8gb"), Catch::Matchers::WithinRel(2.9, 1e-9));
  CHECK_THAT(left_gib("a100-sxm4-80gb"), Catch::Matchers::WithinRel(10.0, 1e-9));
  CHECK_THAT(
      asked(question("qwen3-0.6b", "rtx-4060-8gb", "sglang-cuda"), [](Workload& w) { w.gpu_memory_utilization = 0.8; })
          .estimate[Term::reserve_share],
      Catch::Matchers::WithinRel(0.8, 1e-12));
  // Fewer batched tokens or sequences never leave less cache.
  const Query q = question("llama-3.1-8b", "rtx-3090-24gb", "vllm-cuda");
  const double usual = answered(q).estimate[Term::cache_tokens];
  CHECK(asked(q, [](Workload& w) { w.max_num_seqs = 8; }).estimate[Term::cache_tokens] > usual);
  CHECK(asked(q, [](Workload& w) { w.max_num_batched_tokens = 65536; }).estimate[Term::cache_tokens] < usual);
}

TEST_CASE("a sweep over an option of the engine is the answer at each value") {
  const Query q = question("llama-3.1-8b", "rtx-3090-24gb", "vllm-cuda");
  const auto swept = sweep(test::shipped(), q, "max_num_seqs", {{8, 256}, {}});
  REQUIRE(swept);
  const auto memory = std::find_if(swept->columns.begin(), swept->columns.end(),
                                   [](const Sweep::Column& c) { return c.term == Term::memory_B; });
  REQUIRE(memory != swept->columns.end());
  for (std::size_t i = 0; i < 2; ++i)
    CHECK(memory->values[i] ==
          asked(q, [&](Workload& w) { w.max_num_seqs = swept->values[i]; }).estimate[Term::memory_B]);
}

TEST_CASE("eager mode: no graphs, kernels at the pace of the host") {
  const Query q = question("qwen3-0.6b", "jetson-agx-orin-64gb", "vllm-cuda", "fp16");
  const Answer graphs = answered(q), eager = asked(q, [](Workload&w) { w.enforce_eager = 1; });
  CHECK(eager.estimate[Term::compute_buffer_B] < graphs.estimate[Term::compute_buffer_B]);
  const double slower = graphs.estimate[Term::decode_tok_s] / eager.estimate[Term::decode_tok_s];
  CHECK(slower > 3);
  CHECK(slower < 9);
  // https://github.com/vllm-project/vllm/issues/40322: 23 to 26 tok/s, whatever the format.
  CHECK(eager.estimate[Term::decode_tok_s] > 18);
  CHECK(eager.estimate[Term::decode_tok_s] < 32);
  // Never faster than with graphs, and no slower where the work is longer than what the host takes.
  for (const double batch : {1.0, 32.0})
    for (const double prompt : {64.0, 2048.0})
      for (const char* model : {"llama-3.1-8b", "qwen3-32b"}) {
        const auto with = [&](double without_graphs) {
          return asked(question(model, "jetson-agx-orin-64gb", "vllm-cuda"),
                       [&](Workload& w) {
                         w.batch = batch;
                         w.prompt = prompt;
                         w.enforce_eager = without_graphs;
                       })
              .estimate;
        };
        CHECK(with(1)[Term::decode_tok_s] <= with(0)[Term::decode_tok_s]);
        CHECK(with(1)[Term::ttft_s] >= with(0)[Term::ttft_s]);
      }
  const auto busy = [](double without_graphs) {
    return asked(question("qwen3-32b", "jetson-agx-orin-64gb", "vllm-cuda"),
                 [&](Workload& w) {
                   w.batch = 64;
                   w.enforce_eager = without_graphs;
                 })
        .estimate[Term::decode_tok_s];
  };
  CHECK(busy(1) == busy(0));
}

TEST_CASE("llama.cpp: the micro-batch sets the compute buffer, slots divide one cache and hold a state each") {
  const Query q = question("qwen3-4b", "rtx-3090-24gb", "llama.cpp-cuda");
  const Answer usual = asked(q, [](Workload& w) { w.context = 8192; });
  const Answer wide = asked(q, [](Workload& w) {
    w.context = 8192;
    w.micro_batch = 2048;
  });
  CHECK(wide.estimate[Term::compute_buffer_B] == 4 * usual.estimate[Term::compute_buffer_B]);
  CHECK(wide.estimate[Term::batched_tokens] == 2048);
  const auto slots = [&](double n, double unified) {
    return asked(q,
                 [&](Workload& w) {
                   w.context = 8192;
                   w.parallel = n;
                   w.kv_unified = unified;
                 })
        .estimate;
  };
  const Estimate divided = slots(4, 0), shared = slots(4, 1);
  CHECK(divided[Term::kv_cache_B] == usual.estimate[Term::kv_cache_B]);
  CHECK(divided[Term::slot_context_tokens] == 2048);
  CHECK(shared[Term::kv_cache_B] == usual.estimate[Term::kv_cache_B]);
  CHECK(shared[Term::slot_context_tokens] == 8192);
  // Qwen3-Next: a state for each slot.
  const Query hybrid = question("qwen3-next-80b-a3b", "apple-m2-ultra-192gb", "llama.cpp-metal");
  const double one = answered(hybrid).estimate[Term::recurrent_state_B];
  CHECK(asked(hybrid, [](Workload& w) { w.parallel = 4; }).estimate[Term::recurrent_state_B] == 4 * one);
  Query tight = q;
  tight.workload.context = 2000;
  tight.workload.parallel = 4;
  CHECK_THAT(errors_of(tight), Contains("out_of_range context"));
  tight.workload.context = 0;
  tight.workload.batch = 5;
  CHECK_THAT(errors_of(tight), Contains("out_of_range batch"));
}

TEST_CASE("a cache with quantized values needs flash attention, as llama.cpp says") {
  Query q = question("llama-3.2-1b", "rtx-3090-24gb", "llama.cpp-cuda");
  q.kv_quant = "q8_0";
  CHECK(errors_of(q).empty());
  q.flash_attention = 0;
  CHECK_THAT(errors_of(q), Contains("unsupported kv_quant") && Contains("flash_attention"));
  q.kv_quant = "k:q8_0,v:f16";
  CHECK(errors_of(q).empty());
  q.kv_quant = "k:f16,v:q4_0";
  CHECK_FALSE(errors_of(q).empty());
  // Of the other engines nobody says so.
  q = question("llama-3.2-1b", "rtx-3090-24gb", "vllm-cuda");
  q.kv_quant = "fp8";
  q.flash_attention = 0;
  CHECK(errors_of(q).empty());
}

TEST_CASE("options of another engine have no effect, and that is said") {
  const auto codes = [](const Answer& a) {
    std::string out;
    for (const Error& n : warnings(a)) out += n.code + " " + n.path + "\n";
    return out;
  };
  const Answer a = asked(question("llama-3.2-1b", "rtx-3090-24gb", "llama.cpp-cuda"),
                         [](Workload& w) { w.gpu_memory_utilization = 0.5; });
  CHECK_THAT(codes(a), Contains("no_effect gpu_memory_utilization"));
  CHECK(a.estimate[Term::reserved_B] == a.estimate[Term::memory_B]);
  CHECK_THAT(codes(asked(question("llama-3.2-1b", "rtx-3090-24gb", "vllm-cuda"), [](Workload& w) { w.parallel = 2; })),
             Contains("no_effect parallel"));
}

TEST_CASE("Ollama and LM Studio: what they start where, and with which defaults") {
  const auto started = [](const char* launcher, const char* device) {
    return answered(question("llama-3.1-8b", device, launcher));
  };
  const std::pair<const char*, const char*> backends[] = {
      {"rtx-4060-8gb", "llama.cpp-cuda"},    {"jetson-agx-orin-64gb", "llama.cpp-cuda"},
      {"apple-m2-16gb", "llama.cpp-metal"},  {"rx-7900-xtx-24gb", "llama.cpp-rocm"},
      {"arc-b580-12gb", "llama.cpp-vulkan"}, {"raspberry-pi-5-8gb", "llama.cpp-cpu"}};
  for (const auto& [device, runtime] : backends) {
    INFO(device);
    CHECK(started("ollama", device).runtime->id == runtime);
  }
  // Context by memory, no longer than the model's, and as long as the question needs.
  const auto context = [](const Answer& a) { return a.estimate[Term::context_tokens]; };
  CHECK(context(started("ollama", "raspberry-pi-5-8gb")) == 4096);
  CHECK(context(started("ollama", "rtx-4060-8gb")) == 4096);
  CHECK(context(started("ollama", "rtx-3090-24gb")) == 32768);
  CHECK(context(started("Ollama", "h100-sxm5-80gb")) == 131072);
  CHECK(context(asked(question("llama-3.1-8b", "rtx-4060-8gb", "ollama"), [](Workload& w) { w.prompt = 6000; })) ==
        6128);
  CHECK(context(asked(question("llama-3.1-8b", "rtx-3090-24gb", "ollama"), [](Workload& w) { w.context = 9000; })) ==
        9000);
  // Every slot of Ollama has its context, those of LM Studio share one.
  CHECK(context(asked(question("llama-3.1-8b", "rtx-4060-8gb", "ollama"), [](Workload& w) { w.parallel = 2; })) ==
        8192);
  const Answer lms = started("lm studio", "rtx-3090-24gb");
  CHECK(context(lms) == 4096);
  CHECK(lms.query.workload.parallel == 4);
  CHECK(lms.query.workload.kv_unified == 1);
  CHECK(lms.launcher->id == "lm-studio");
  CHECK(lms.taken.size() == 4);
  // What is stated is not taken.
  const Answer stated =
      asked(question("llama-3.1-8b", "rtx-3090-24gb", "lm-studio"), [](Workload& w) { w.parallel = 1; });
  CHECK(std::none_of(stated.taken.begin(), stated.taken.end(),
                     [](const auto& t) { return std::string(t.first->name) == "parallel"; }));
  CHECK(errors_of(question("llama-3.1-8b", "raspberry-pi-5-8gb", "olama")) != "");
  const auto listed = catalog_json(test::shipped())["launchers"];
  CHECK(std::any_of(listed.begin(), listed.end(), [](const auto& l) { return l["id"] == "ollama"; }));
}
