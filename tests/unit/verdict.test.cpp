// What an answer comes to in one word, and the ways out of a bad one.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "edgewise/explore.h"
#include "edgewise/sweep.h"
#include "edgewise/text.h"
#include "edgewise/ways_out.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::Contains;
using test::answered;

namespace {

Estimate of(double memory_B, double usable_B, double ttft_s, double tpot_s) {
  Estimate e;
  const auto set = [&](Term t, double x) { e.term[static_cast<std::size_t>(t)] = x; };
  set(Term::memory_B, memory_B);
  set(Term::usable_B, usable_B);
  set(Term::ttft_s, ttft_s);
  set(Term::tpot_mean_s, tpot_s);
  set(Term::generated_tokens, 128);
  set(Term::devices, 1);
  set(Term::unplaced_B, memory_B > usable_B ? memory_B - usable_B : 0);
  return e;
}

Query asked(const char* model, const char* device, const char* quant = "") {
  Query q;
  q.model = model;
  q.device = device;
  q.quant = quant;
  return q;
}

const WayOut* way(const std::vector<WayOut>& ways, WayOut::Kind kind) {
  for (const WayOut& w : ways)
    if (w.kind == kind) return &w;
  return nullptr;
}

}  // namespace

TEST_CASE("recipes that models are trained for are of those alone") {
  const Catalog& c = test::shipped();
  const auto is_ternary = [&](const std::string& quant) { return c.quantization(quant)->ternary; };
  for (const char* quant : {"Q2_K", "Q3_K_S", "Q4_0", "Q8_0"})
    for (const WayOut& w : ways_out(c, answered(asked("qwen3-4b", "raspberry-pi-4-4gb", quant)))) {
      INFO(quant << ": " << w.label);
      CHECK_FALSE(is_ternary(w.query.quant));
    }
  // Of one that was, by another runtime, its own is.
  const auto of_bitnet = ways_out(c, answered(asked("bitnet-b1.58-2b-4t", "raspberry-pi-4-4gb", "Q4_K_M")));
  const WayOut* other = way(of_bitnet, WayOut::Kind::runtime);
  REQUIRE(other);
  CHECK(is_ternary(other->query.quant));
  const auto notes = [&](const char* model, const char* runtime) {
    Query q = asked(model, "raspberry-pi-5-8gb");
    q.runtime = runtime;
    const Answer a = answered(q);
    CHECK(is_ternary(a.query.quant));
    const Errors all = warnings(a);
    return std::count_if(all.begin(), all.end(), [](const Error& e) { return e.code == "ternary"; });
  };
  CHECK(notes("bitnet-b1.58-2b-4t", "bitnet.cpp-cpu") == 0);
  CHECK(notes("bitnet-b1.58-2b-4t", "ik-llama.cpp-cpu") == 0);
  CHECK(notes("bitnet-b1.58-2b-4t", "llama.cpp-cpu") == 0);
  CHECK(notes("qwen3-4b", "bitnet.cpp-cpu") == 1);
  for (const char* quant : {"I2_S", "IQ2_BN", "TQ1_0", "TQ2_0"}) {
    INFO(quant);
    const Errors all = warnings(answered(asked("qwen3-4b", "raspberry-pi-5-8gb", quant)));
    CHECK(std::any_of(all.begin(), all.end(), [](const Error& e) { return e.code == "ternary"; }));
  }

  Query q = asked("", "raspberry-pi-5-8gb");
  q.runtime = "bitnet.cpp-cpu";
  const auto found = explore(c, q, {}, 1e6);
  REQUIRE(found);
  CHECK(found->count > 0);
  for (const auto& row : found->rows) CHECK(row.model->id.rfind("bitnet", 0) == 0);
  // Nor where the quantization is named, and none at all is said.
  q.runtime.clear();
  q.quant = "TQ2_0";
  const auto named = explore(c, q, {}, 1e6);
  REQUIRE(named);
  CHECK(named->count > 0);
  for (const auto& row : named->rows) CHECK(row.model->id.rfind("bitnet", 0) == 0);
  for (const char* runtime : {"bitnet.cpp-cpu", ""}) {
    Query none = asked("qwen3-8b", "");
    none.runtime = runtime;
    if (none.runtime.empty()) none.quant = "TQ1_0";
    const auto why = explore(c, none, {}, 1e6);
    REQUIRE(!why);
    CHECK(why.errors()[0].code == "ternary");
  }
}

TEST_CASE("a smaller model is a way out in another quantization of about as many bits, where that alone runs well") {
  const Catalog& c = test::shipped();
  const auto ways = ways_out(c, answered(asked("qwen3-8b", "raspberry-pi-5-8gb", "Q4_K_M")));
  const WayOut* smaller = way(ways, WayOut::Kind::model);
  REQUIRE(smaller);
  CHECK(smaller->verdict == Verdict::runs_well);
  CHECK(smaller->query.model == "qwen3-1.7b");
  CHECK(smaller->label == "Qwen3-1.7B, " + smaller->query.quant);
}

TEST_CASE("of what does not run, the way out is the most sequences that do") {
  Query q = asked("qwen3-8b", "rtx-4090-24gb", "Q4_K_M");
  q.runtime = "llama.cpp-cuda";
  q.workload.prompt = 32000;
  q.workload.batch = 32;
  const auto ways = ways_out(test::shipped(), answered(q));
  const WayOut* fewer = way(ways, WayOut::Kind::batch);
  REQUIRE(fewer);
  Query more = fewer->query;
  more.workload.batch += 1;
  CHECK(verdict(answered(more)) > fewer->verdict);
}

TEST_CASE("a runtime does not run what it has no kernels for") {
  const Catalog& c = test::shipped();
  const auto refused = [&](const char* runtime, const char* quant, const char* device) {
    Query q = asked("bitnet-b1.58-2b-4t", device, quant);
    q.runtime = runtime;
    return !answer(c, q);
  };
  CHECK(refused("llama.cpp-cuda", "TQ1_0", "rtx-3060-12gb"));
  CHECK(refused("llama.cpp-cuda", "TQ2_0", "rtx-3060-12gb"));
  CHECK(refused("llama.cpp-metal", "TQ1_0", "apple-m2-16gb"));
  CHECK_FALSE(refused("llama.cpp-metal", "TQ2_0", "apple-m2-16gb"));
  CHECK_FALSE(refused("llama.cpp-vulkan", "TQ1_0", "rtx-3060-12gb"));
  CHECK(refused("llama.cpp-hexagon", "BF16", "samsung-galaxy-s23-8gb"));
  CHECK(refused("llama.cpp-opencl", "IQ4_XS", "samsung-galaxy-s23-8gb"));
  CHECK_FALSE(refused("llama.cpp-opencl", "Q4_K_M", "samsung-galaxy-s23-8gb"));
  const auto why = [&](const char* runtime, const char* quant) {
    Query q = asked("qwen3-4b", "rtx-4090-24gb", quant);
    q.runtime = runtime;
    return answer(c, q).errors()[0].message;
  };
  CHECK(why("llama.cpp-cuda", "TQ2_0") == "llama.cpp-cuda does not run TQ2_0; llama.cpp-vulkan does");
  CHECK(why("", "I2_S") == "no runtime of rtx-4090-24gb runs I2_S");
  // Who names none gets the one of the device's that has them.
  CHECK(answered(asked("bitnet-b1.58-2b-4t", "rtx-3060-12gb", "TQ1_0")).runtime->id == "llama.cpp-vulkan");
}

TEST_CASE("kernels of a format may begin with a generation of GPUs") {
  const Catalog& c = test::shipped();
  const auto why = [&](const char* runtime, const char* quant, const char* device, const char* model = "qwen3-4b") {
    Query q = asked(model, device, quant);
    q.runtime = runtime;
    const auto a = answer(c, q);
    return a ? std::string() : a.errors()[0].path + ": " + a.errors()[0].message;
  };
  // The A100 and the H100 are of one processor class.
  CHECK(why("tensorrt-llm-cuda", "fp8", "a100-sxm4-80gb") ==
        "quant: tensorrt-llm-cuda does not run fp8 on GPUs before compute capability 8.9; vllm-cuda does");
  CHECK(why("tensorrt-llm-cuda", "fp8", "h100-sxm5-80gb").empty());
  CHECK(why("tensorrt-llm-cuda", "nvfp4", "h100-sxm5-80gb") ==
        "quant: tensorrt-llm-cuda does not run nvfp4 on GPUs before compute capability 10.0; vllm-cuda does");
  CHECK(why("tensorrt-llm-cuda", "nvfp4", "rtx-5090-32gb").empty());
  CHECK(why("tensorrt-edge-llm", "nvfp4", "jetson-agx-orin-64gb").find("compute capability 10.0") != std::string::npos);
  CHECK(why("tensorrt-edge-llm", "nvfp4", "jetson-agx-thor-128gb").empty());
  CHECK(why("vllm-cuda", "bf16", "tesla-t4-16gb").find("compute capability 8.0;") != std::string::npos);
  CHECK(why("vllm-cuda", "fp16", "tesla-t4-16gb").empty());
  CHECK(why("transformers-bnb", "bnb-int8", "gtx-1080-ti-11gb").find("compute capability 7.5") != std::string::npos);
  // Who names no runtime gets one that has them; what a model is published in is not taken where it has none.
  CHECK(answered(asked("qwen3-4b", "tesla-t4-16gb", "fp8")).runtime->id == "vllm-cuda");
  Query published = asked("gpt-oss-20b", "tesla-t4-16gb");
  published.runtime = "vllm-cuda";
  CHECK(answered(published).quantization->id != "mxfp4");
  published.device = "rtx-a5000-24gb";
  CHECK(answered(published).quantization->id == "mxfp4");
  const auto note = [](const Answer& a) {
    for (const Error& e : warnings(a))
      if (e.code == "published_otherwise") return e.message;
    return std::string();
  };
  CHECK(note(answered(published)).empty());
  published.device = "tesla-t4-16gb";
  CHECK(note(answered(published)) ==
        "the model is published in mxfp4, which vLLM, CUDA does not run on this GPU: somebody would have to make it in "
        "awq-int4-g128");
  // What is left open leaves it out, too.
  Query open = asked("qwen3-4b", "a100-sxm4-80gb");
  open.runtime = "tensorrt-llm-cuda";
  const auto swept = sweep(c, open, "quant", SweepValues{});
  REQUIRE(swept);
  CHECK(std::find(swept->names.begin(), swept->names.end(), "fp8") == swept->names.end());
  CHECK(std::find(swept->names.begin(), swept->names.end(), "w4a16") != swept->names.end());
  // A GPU that does not say of which generation it is may have all kernels.
  Device unsaid = c.device("a100-sxm4-80gb")->device;
  unsaid.gpu_compute_capability = unknown;
  CHECK(c.runtime("tensorrt-llm-cuda")->runs(*c.quantization("fp8"), unsaid));
}

TEST_CASE("quantizations of experts alone are of models that have some") {
  const Catalog& c = test::shipped();
  for (const char* quant : {"mxfp4", "w4a16-experts"}) {
    INFO(quant);
    CHECK(quantizes_experts_alone(*c.quantization(quant)));
    CHECK(c.model("gpt-oss-20b")->is_made_in(*c.quantization(quant)));
    CHECK_FALSE(c.model("qwen3-4b")->is_made_in(*c.quantization(quant)));
  }
  for (const char* quant : {"MXFP4_MOE", "Q4_K_M", "fp16", "awq-int4-g128", "fp8"}) {
    INFO(quant);
    if (c.quantization(quant)) CHECK_FALSE(quantizes_experts_alone(*c.quantization(quant)));
  }
  Query dense = asked("qwen3-4b", "rtx-5090-32gb", "mxfp4");
  dense.runtime = "vllm-cuda";
  const Answer unmade = answered(dense);
  const Errors notes = warnings(unmade);
  CHECK(std::any_of(notes.begin(), notes.end(), [](const Error& e) { return e.code == "ternary"; }));
  // Nobody runs a file that there is not.
  CHECK(verdict(unmade) == Verdict::does_not_run);
  CHECK_THAT(sentence(unmade), Contains(not_made_in));
  const auto ways = ways_out(c, unmade);
  REQUIRE_FALSE(ways.empty());
  for (const WayOut& w : ways) CHECK(c.model(w.query.model)->is_made_in(*c.quantization(w.query.quant)));
}

TEST_CASE("a runtime does not compute models that its program does not list and another's does") {
  const Catalog& c = test::shipped();
  const auto why = [&](const char* model, const char* device, const char* runtime) {
    Query q = asked(model, device);
    q.runtime = runtime;
    const auto a = answer(c, q);
    return a ? std::string() : a.errors()[0].path + ": " + a.errors()[0].message;
  };
  CHECK(why("rwkv7-1.5b", "rtx-4090-24gb", "vllm-cuda") ==
        "runtime: vllm-cuda is not known to run rwkv7; llama.cpp-cuda is");
  CHECK(why("gpt-oss-20b", "raspberry-pi-5-16gb", "bitnet.cpp-cpu") ==
        "runtime: bitnet.cpp-cpu is not known to run gpt_oss; llama.cpp-cpu is");
  // One program has one list, whatever it computes with.
  for (const char* runtime : {"llama.cpp-cuda", "llama.cpp-vulkan", ""}) {
    INFO(runtime);
    CHECK(why("rwkv7-1.5b", "rtx-4090-24gb", runtime).empty());
    CHECK(why("llama-3.2-11b-vision", "rtx-4090-24gb", runtime).empty() == (*runtime == 0));
  }
  Query q = asked("", "rtx-4090-24gb");
  q.runtime = "vllm-cuda";
  const auto found = explore(c, q, {}, 1e6);
  REQUIRE(found);
  CHECK(found->count > 100);
  for (const auto& row : found->rows) CHECK(c.implements(*row.runtime, *row.model) != Catalog::Implements::no);

  const auto notes = [&](Model model) {
    Catalog with = c;
    model.id = "own";
    with.add(std::move(model), {});
    Query own = asked("own", "rtx-4090-24gb");
    own.runtime = "llama.cpp-cuda";
    const auto a = answer(with, own);
    REQUIRE(a);
    const Errors all = warnings(*a);
    return std::count_if(all.begin(), all.end(), [](const Error& e) { return e.code == "architecture_unlisted"; });
  };
  Model model = *c.model("qwen3-4b");
  CHECK(notes(model) == 0);
  model.model_type = model.family = "brand_new";
  CHECK(notes(model) == 1);
  model.model_type = "gguf:qwen3";
  CHECK(notes(model) == 0);
  model.model_type = "gguf:brand-new";
  CHECK(notes(model) == 1);
}

TEST_CASE("five verdicts and unknown, by memory, its range and speed") {
  const IntervalRule range{Kind::memory, "", Situation::calibrated, 0.9, 1.25, 10};
  const auto said = [&](const Estimate& e, bool on_host = false) {
    return std::string(to_string(verdict(e, &range, on_host)));
  };
  CHECK(said(of(8, 10, 1, 0.1)) == "runs_well");
  CHECK(said(of(8, 10, 10, 0.2)) == "runs_well");  // at both limits
  CHECK(said(of(8, 10, 10.01, 0.1)) == "runs_slowly");
  CHECK(said(of(8, 10, 1, 0.201)) == "runs_slowly");
  CHECK(said(of(8.01, 10, 1, 0.1)) == "likely_fits");
  CHECK(said(of(8.01, 10, 100, 1)) == "likely_fits");
  CHECK(said(of(10, 10, 1, 0.1)) == "likely_fits");
  CHECK(said(of(10.01, 10, 1, 0.1)) == "does_not_run");
  Estimate hosted = of(10.01, 10, 1, 0.1);
  hosted.term[static_cast<std::size_t>(Term::unplaced_B)] = 0;
  CHECK(said(hosted, true) == "with_host");
  CHECK(said(of(9, 10, 1, 0.1), true) == "with_host");
  CHECK(said(of(1, 0, 1, 0.1)) == "does_not_run");  // all is taken
  CHECK(said(of(unknown, 10, 1, 0.1)) == "unknown");
  CHECK(said(of(8, unknown, 1, 0.1)) == "unknown");
  CHECK(said(of(8, 10, 1, unknown)) == "unknown");
  CHECK(said(of(8, 10, unknown, 0.1)) == "unknown");
  // No range is known.
  CHECK(verdict(of(10, 10, 1, 0.1), nullptr, false) == Verdict::runs_well);
  // Nothing is written: only the wait counts.
  Estimate e = of(8, 10, 1, unknown);
  e.term[static_cast<std::size_t>(Term::generated_tokens)] = 0;
  CHECK(said(e) == "runs_well");
  CHECK(slowness(e) == 0.1);
  for (const auto v : {Verdict::runs_well, Verdict::undecided}) CHECK(std::string(words(v)).size() > 6);
}

TEST_CASE("the sentence says what the verdict is about") {
  CHECK_THAT(sentence(answered(asked("llama-3.1-8b", "rtx-4090-24gb"))),
             Contains("Runs well: it needs") && Contains("limited by bandwidth."));
  // Slow to write and slow to begin, and its range reaches beyond the memory.
  Query full = asked("llama-3.1-8b", "raspberry-pi-4-8gb", "Q6_K");
  full.workload.context = 6144;
  CHECK_THAT(sentence(answered(full)), Contains("Likely fits: it needs") && Contains(" to ") &&
                                           Contains("below reading speed (5 tok/s)") &&
                                           Contains("the first token comes after"));
  Query q = asked("qwen3-0.6b", "raspberry-pi-4-8gb");
  q.workload.prompt = 4000;
  CHECK_THAT(sentence(answered(q)), Contains("Runs, slowly: it needs") && Contains("the first token comes after"));
  CHECK_THAT(sentence(answered(asked("llama-3.1-70b", "rtx-4090-24gb"))), Contains("Runs with parts on the host: "));
  CHECK_THAT(sentence(answered(asked("llama-3.1-70b", "raspberry-pi-5-8gb"))), Contains("Does not run: it needs"));
  // Each of eight reads its own answer.
  q = asked("llama-3.2-1b", "raspberry-pi-5-8gb");
  q.workload.batch = 8;
  CHECK_THAT(sentence(answered(q)), Contains(" tok/s each, below reading speed"));
  q = asked("llama-3-8b", "rtx-4090-24gb");
  q.workload.context = 8192;
  CHECK_THAT(sentence(answered(q)), !Contains("positions"));
  q.workload.context = 8193;
  CHECK_THAT(sentence(answered(q)), Contains("; the context is longer than the model's 8192 positions."));
}

TEST_CASE("no verdict says that it runs where the range of its memory crosses the limit") {
  const Catalog& c = test::shipped();
  Query q;
  q.quant = "default";
  std::size_t rows = 0;
  for (const char* device : {"raspberry-pi-5-8gb", "jetson-orin-nano-8gb", "apple-m2-16gb", "rtx-3060-12gb"}) {
    q.device = device;
    const auto found = explore(c, q, {}, 1e6);
    REQUIRE(found);
    for (const Explored::Row& r : found->rows) {
      Query one = asked(r.model->id.c_str(), device, r.quantization->id.c_str());
      one.runtime = r.runtime->id;
      const Answer a = answered(one);
      const bool crosses = a.ranged(Term::memory_B).high > a.estimate[Term::usable_B];
      INFO(device << " " << r.model->id << " " << to_string(r.verdict));
      if (r.verdict != Verdict::with_host) CHECK(crosses == (r.verdict == Verdict::likely_fits));
      CHECK(r.verdict == verdict(a));
      ++rows;
    }
  }
  CHECK(rows > 200);
}

TEST_CASE("each way out is what its own question is answered, and none is worse") {
  const Catalog& c = test::shipped();
  std::size_t seen = 0;
  for (const char* device : {"raspberry-pi-4-4gb", "jetson-orin-nano-8gb", "apple-m2-16gb", "rtx-3060-12gb",
                             "ryzen-ai-max-395-128gb", "radxa-aicore-ax-m1-8gb", "intel-n100-ddr5-16gb"})
    for (const char* model :
         {"llama-3.2-1b", "mistral-7b-v0.3", "llama-3.1-8b", "qwen3-30b-a3b", "gpt-oss-120b", "llama-3.1-405b"})
      for (const double batch : {1.0, 16.0}) {
        Query q = asked(model, device);
        q.workload.batch = batch;
        q.workload.prompt = 3000;
        q.workload.context = 16384;
        const auto found = answer(c, q);
        if (!found) continue;
        const Verdict before = verdict(*found);
        const auto ways = ways_out(c, *found);
        INFO(device << " " << model << " x" << batch << ": " << to_string(before));
        CHECK(ways.size() <= most_ways_out);
        if (before == Verdict::runs_well) CHECK(ways.empty());
        std::vector<WayOut::Kind> kinds;
        for (std::size_t i = 0; i < ways.size(); ++i) {
          const WayOut& w = ways[i];
          INFO(to_string(w.kind) << " " << w.label << ": " << to_string(w.verdict));
          const Answer a = answered(w.query);
          CHECK(verdict(a) == w.verdict);
          CHECK(a.estimate[Term::memory_B] == w.memory_B);
          CHECK(a.estimate[Term::usable_B] == w.usable_B);
          CHECK(a.estimate[Term::ttft_s] == w.ttft_s);
          CHECK(a.estimate[Term::decode_tok_s] == w.decode_tok_s.value);
          CHECK(w.verdict <= before);
          const bool ran = before != Verdict::does_not_run && before != Verdict::undecided;
          if (w.verdict != Verdict::runs_well && ran) CHECK(slowness(a.estimate) < slowness(found->estimate));
          if (ran && slower_than_reading(a.estimate))
            CHECK(a.estimate[Term::tpot_mean_s] <= found->estimate[Term::tpot_mean_s]);
          if (!ran) CHECK(w.verdict < before);
          CHECK(std::find(kinds.begin(), kinds.end(), w.kind) == kinds.end());
          kinds.push_back(w.kind);
          if (i > 0 && ways[i - 1].verdict == w.verdict && w.kind != WayOut::Kind::device)
            CHECK(ways[i - 1].decode_tok_s.value >= w.decode_tok_s.value);
          if (i > 0) CHECK(ways[i - 1].verdict <= w.verdict);
          ++seen;
        }
      }
  CHECK(seen > 60);
}

TEST_CASE("a way out is of the kind that the question leaves room for") {
  const Catalog& c = test::shipped();
  // Lent less than it needs.
  Query q = asked("gpt-oss-120b", "ryzen-ai-max-395-128gb", "Q8_0");
  q.workload.context = 131072;
  auto ways = ways_out(c, answered(q));
  const WayOut* lent = way(ways, WayOut::Kind::gpu_memory);
  REQUIRE(lent);
  CHECK(lent->verdict == Verdict::runs_well);
  CHECK(lent->query.workload.gpu_memory_gib * gib >= lent->memory_B);
  CHECK(lent->query.workload.context == 131072);
  // A context that fits, of a runtime that leaves nothing to a host.
  q = asked("llama-3.1-8b", "rtx-3090-24gb", "fp16");
  q.runtime = "vllm-cuda";
  q.workload.context = 131072;
  ways = ways_out(c, answered(q));
  const WayOut* shorter = way(ways, WayOut::Kind::context);
  REQUIRE(shorter);
  CHECK(shorter->query.workload.context >= 8192);
  CHECK(shorter->query.workload.context <= 32768);
  CHECK(shorter->query.workload.prompt == 512);
  CHECK_THAT(shorter->label, !Contains("prompt"));
  // What is not stated but asked for is shortened, and the label says to what.
  q.workload.context = 0;
  q.workload.depth = 100000;
  ways = ways_out(c, answered(q));
  shorter = way(ways, WayOut::Kind::context);
  REQUIRE(shorter);
  const Workload& left = shorter->query.workload;
  CHECK(left.depth < q.workload.depth);
  CHECK(shorter->label ==
        "context " + count(left.depth + left.prompt + left.generate) + ", depth " + count(left.depth));

  // A slow power mode; a card is none for somebody without a computer.
  q = asked("qwen3-8b", "jetson-agx-orin-64gb");
  q.power_mode = "15w";
  q.workload.prompt = 2000;
  ways = ways_out(c, answered(q));
  const WayOut* mode = way(ways, WayOut::Kind::power_mode);
  REQUIRE(mode);
  // What must be bought comes after what is there.
  for (std::size_t i = 0; i + 1 < ways.size(); ++i)
    if (ways[i].kind == WayOut::Kind::device) CHECK(ways[i].verdict < ways[i + 1].verdict);
  CHECK(mode->query.power_mode != "15w");
  for (const WayOut& w : ways)
    if (w.kind == WayOut::Kind::device) CHECK(c.device(w.query.device)->device.kind == DeviceKind::soc_integrated);

  // A quantization of the same model, the largest that runs well; a model of the same name and tokenizer.
  ways = ways_out(c, answered(asked("llama-3.1-8b", "rtx-3060-12gb", "F16")));
  const WayOut* quant = way(ways, WayOut::Kind::quantization);
  REQUIRE(quant);
  CHECK(quant->verdict == Verdict::runs_well);
  CHECK(quant->query.model == "llama-3.1-8b");
  for (const auto& [id, recipe] : c.quantizations())
    if (recipe.common && c.runtime(quant->query.runtime)->runs(recipe) && id != "F16" && id != "BF16") {
      const Answer a = answered(asked("llama-3.1-8b", "rtx-3060-12gb", id.c_str()));
      INFO(id);
      if (a.estimate[Term::memory_B] > quant->memory_B) CHECK(verdict(a) != Verdict::runs_well);
    }
  const WayOut* model = way(ways, WayOut::Kind::model);
  REQUIRE(model);
  CHECK(model->query.model == "llama-3.2-3b");
  CHECK(model->query.quant == "F16");

  // Fewer at once.
  q = asked("qwen3-8b", "rtx-3060-12gb");
  q.workload.batch = 64;
  ways = ways_out(c, answered(q));
  const WayOut* fewer = way(ways, WayOut::Kind::batch);
  REQUIRE(fewer);
  CHECK(fewer->query.workload.batch < 64);

  // An option that is stated for the worse is named, with all that goes together with it.
  q = asked("llama-3.1-8b", "rtx-3060-12gb");
  q.workload.gpu_layers = 10;
  q.workload.kv_on_host = 1;
  ways = ways_out(c, answered(q));
  const WayOut* option = way(ways, WayOut::Kind::option);
  REQUIRE(option);
  CHECK(option->label == "without gpu_layers 10, kv_on_host 1");
  CHECK_FALSE(is_known(option->query.workload.gpu_layers));
  CHECK(option->verdict == Verdict::runs_well);
  q = asked("qwen3-4b", "orange-pi-5-max-16gb");
  q.workload.threads = 1;
  ways = ways_out(c, answered(q));
  option = way(ways, WayOut::Kind::option);
  REQUIRE(option);
  CHECK(option->label == "without threads 1");
  // A draft model that leaves no room, with all that was asked of it.
  q = asked("qwen3-14b", "rtx-3060-12gb", "Q4_K_M");
  q.draft_model = "qwen3-4b";
  q.workload.draft_tokens = 4;
  const Answer drafted = answered(q);
  REQUIRE(verdict(drafted) != Verdict::runs_well);
  ways = ways_out(c, drafted);
  const WayOut* alone = way(ways, WayOut::Kind::draft);
  REQUIRE(alone);
  CHECK(alone->label == "without drafts");
  CHECK(alone->query.draft_model.empty());
  CHECK_FALSE(is_known(alone->query.workload.draft_tokens));
  CHECK(alone->verdict == Verdict::runs_well);
  // What a launcher takes by default nobody stated.
  q = asked("llama-3.1-70b", "rtx-3090-24gb");
  q.runtime = "ollama";
  CHECK_FALSE(way(ways_out(c, answered(q)), WayOut::Kind::option));
  // Of several models of a size, the one that is called most alike.
  ways = ways_out(c, answered(asked("llama-3.1-70b", "rtx-4090-24gb")));
  const WayOut* sibling = way(ways, WayOut::Kind::model);
  REQUIRE(sibling);
  CHECK(sibling->query.model == "llama-3.1-8b");
}

TEST_CASE("a document holds the ways out where they are asked for, each as the members that it changes") {
  const auto parsed = parse_query(
      R"({"model": "gpt-oss-120b", "device": "ryzen-ai-max-395-128gb", "quant": "Q8_0", "context": 131072, "ways_out": true})");
  REQUIRE(parsed);
  const std::string text = to_text(to_json(answered(*parsed)));
  CHECK_THAT(text, Contains(R"("kind":"gpu_memory")") && Contains(R"("change":{"gpu_memory_gib":)"));
  Query quiet = *parsed;
  quiet.ways_out = false;
  CHECK_THAT(to_text(to_json(answered(quiet))), !Contains("ways_out"));
}
