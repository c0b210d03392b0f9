#include "edgewise/quality.h"

#include "edgewise/catalog.h"
#include "edgewise/presets.h"
#include "prelude.hpp"
#include "support.hpp"

using namespace edgewise;
using Catch::Matchers::Contains;

namespace {

constexpr const char* head = "model,variant,quant,method,benchmark,metric,shots,value,harness,source_url,note\n";

/// The shipped presets with these scores in place of the published ones.
Catalog with(const std::string& rows) {
  Catalog c = test::shipped();
  const auto added = add_preset(c, head + rows);
  REQUIRE(added);
  CHECK(*added == "quality");
  return c;
}
std::optional<Retention> kept(const Catalog& c, const std::string& model, const std::string& quant) {
  return Retentions(c).of(*c.model(model), *c.quantization(quant));
}

}  // namespace

TEST_CASE("retention is of rows that differ in the quantization alone") {
  const Catalog c = with(
      "llama-3.2-1b,base,bf16,,A,acc,5,50,h,https://one,\n"
      "llama-3.2-1b,base,bf16,,B,acc,5,40,h,https://one,\n"
      "llama-3.2-1b,base,Q4_K_M,,A,acc,5,45,h,https://one,\n"
      "llama-3.2-1b,base,Q4_K_M,,B,acc,5,38,h,https://one,\n"
      // Another source, harness, variant, number of shots or note says nothing of what is lost.
      "llama-3.2-1b,base,Q8_0,,A,acc,5,49,h,https://two,\n"
      "llama-3.2-1b,base,Q6_K,,A,acc,5,49,g,https://one,\n"
      "llama-3.2-1b,instruct,Q5_K_M,,A,acc,5,49,h,https://one,\n"
      "llama-3.2-1b,base,Q3_K_M,,A,acc,0,49,h,https://one,\n"
      "llama-3.2-1b,base,Q2_K,,A,acc,5,49,h,https://one,other prompt\n");
  const auto q4 = kept(c, "llama-3.2-1b", "Q4_K_M");
  REQUIRE(q4);
  CHECK(q4->kind == Retention::Kind::recovery);
  // By hand: (45/50 + 38/40) / 2.
  CHECK(q4->value == Approx(0.925));
  CHECK(q4->low == Approx(0.9));
  CHECK(q4->high == Approx(0.95));
  CHECK(q4->count == 2);
  CHECK_FALSE(q4->estimated);
  CHECK(q4->source == "https://one");
  for (const char* other : {"Q8_0", "Q6_K", "Q5_K_M", "Q3_K_M", "Q2_K"}) {
    INFO(other);
    CHECK_FALSE(kept(c, "llama-3.2-1b", other));
  }
  // Unquantized weights are what is compared with.
  CHECK(kept(c, "llama-3.2-1b", "bf16")->by_definition);
}

TEST_CASE("perplexities, divergences and recoveries each are of their own kind") {
  const Catalog c = with(
      "llama-3.2-1b,base,F16,,w,ppl,,10,h,https://one,\n"
      "llama-3.2-1b,base,Q4_K_M,,w,ppl,,11,h,https://one,\n"
      "llama-3.2-1b,base,Q5_K_M,,w,ppl,,10.5,h,https://one,\n"
      "llama-3.2-1b,base,Q5_K_M,,w,kld_mean_vs_f16,,0.02,h,https://one,\n"
      "llama-3.2-1b,base,Q6_K,,all,recovery_pct,,99,h,https://one,\n");
  const auto ratio = kept(c, "llama-3.2-1b", "Q4_K_M");
  REQUIRE(ratio);
  CHECK(ratio->kind == Retention::Kind::perplexity_ratio);
  CHECK(ratio->value == Approx(1.1));
  const auto divergence = kept(c, "llama-3.2-1b", "Q5_K_M");
  REQUIRE(divergence);
  CHECK(divergence->kind == Retention::Kind::divergence);
  CHECK(divergence->value == 0.02);
  CHECK(kept(c, "llama-3.2-1b", "Q6_K")->value == Approx(0.99));
}

TEST_CASE("the quantization's own way is taken before other methods, which are listed") {
  const Catalog c = with(
      "llama-3.2-1b,base,bf16,,A,acc,5,50,h,https://one,\n"
      "llama-3.2-1b,base,gptq-int4-g128,AutoRound,A,acc,5,50,h,https://one,\n"
      "llama-3.2-1b,base,gptq-int4-g128,GPTQ,A,acc,5,45,h,https://one,\n");
  CHECK(kept(c, "llama-3.2-1b", "gptq-int4-g128")->value == Approx(0.9));
  CHECK(c.quality().measured("llama-3.2-1b", "gptq-int4-g128").size() == 2);
}

TEST_CASE("what others of like size keep is estimated, of two at least") {
  const std::string two =
      "llama-3.2-3b,base,bf16,,A,acc,5,50,h,https://one,\n"
      "llama-3.2-3b,base,Q4_K_M,,A,acc,5,45,h,https://one,\n";
  CHECK_FALSE(kept(with(two), "qwen3-4b", "Q4_K_M"));
  const Catalog c = with(two +
                         "qwen2.5-3b,base,bf16,,A,acc,5,50,h,https://two,\n"
                         "qwen2.5-3b,base,Q4_K_M,,A,acc,5,49,h,https://two,\n"
                         // Neither a model of another size nor a method that most files are not made by counts.
                         "llama-3.1-70b,base,bf16,,A,acc,5,50,h,https://two,\n"
                         "llama-3.1-70b,base,Q4_K_M,,A,acc,5,10,h,https://two,\n"
                         "qwen2.5-1.5b,base,bf16,,A,acc,5,50,h,https://two,\n"
                         "qwen2.5-1.5b,base,Q4_K_M,AutoRound,A,acc,5,10,h,https://two,\n");
  const auto typical = kept(c, "qwen3-4b", "Q4_K_M");
  REQUIRE(typical);
  CHECK(typical->estimated);
  CHECK(typical->count == 2);
  CHECK(typical->value == Approx(0.94));
  CHECK(typical->low == Approx(0.9));
  CHECK(typical->high == Approx(0.98));
  CHECK_FALSE(kept(c, "smollm2-135m", "Q4_K_M"));
  // What a model is published in keeps all, whatever others lose.
  CHECK(kept(c, "gpt-oss-20b", "MXFP4_MOE")->by_definition);
}

TEST_CASE("a scale holds one benchmark from one source, measured in one way") {
  const Catalog c = with(
      "llama-3.2-1b,base,bf16,,MMLU,acc,5,30,h,https://one,\n"
      "llama-3.2-3b,base,bf16,,MMLU,acc,5,55,h,https://one,\n"
      "llama-3.2-3b,base,bf16,,MMLU,acc,5,56,h,https://two,\n"
      "llama-3.2-3b,base,bf16,,MMLU,acc,0,50,h,https://one,\n"
      "llama-3.2-3b,instruct,bf16,,MMLU,acc,5,61,h,https://one,\n"
      "llama-3.2-3b,base,bf16,,wikitext,ppl,,8,h,https://one,\n"
      "llama-3.2-3b,base,Q4_K_M,,MMLU,acc,5,54,h,https://one,\n");
  CHECK(c.quality().scales().size() == 4);
  const Scale* base = c.quality().scale("mmlu");
  REQUIRE(base);
  CHECK(base->id == "MMLU,5-shot,base,acc,h,one");
  CHECK(base->models.size() == 2);
  CHECK(c.quality().scale(base->id) == base);
  CHECK(c.quality().scale("MMLU, instruct")->variant == "instruct");
  CHECK(c.quality().scale("MMLU,0-shot")->shots == "0");
  CHECK_FALSE(c.quality().scale("wikitext"));  // perplexities rank no models
  CHECK_FALSE(c.quality().scale("MMLU,elsewhere"));
  CHECK_FALSE(c.quality().scale(""));

  const auto score = [&](const char* model, const char* quant) {
    return quality_on(*base, model, quant, kept(c, model, quant));
  };
  CHECK(score("llama-3.2-3b", "bf16").value == 55);
  CHECK(score("llama-3.2-3b", "bf16").basis == QualityScore::Basis::published);
  CHECK(score("llama-3.2-3b", "Q4_K_M").value == Approx(54));
  CHECK(score("llama-3.2-3b", "Q4_K_M").basis == QualityScore::Basis::retained);
  CHECK(score("llama-3.2-3b", "Q8_0").basis == QualityScore::Basis::unquantized);
  CHECK_FALSE(is_known(score("qwen3-4b", "bf16").value));
}

TEST_CASE("a table of scores is read strictly, and replaces the one before") {
  Catalog c;
  const auto refused = [&](const std::string& text) {
    const auto added = add_preset(c, text);
    return added ? std::string() : test::describe(added.errors());
  };
  CHECK_THAT(refused(head + std::string("llama-3.2-1b,base,bf16,,,IFEval,5,50,h,https://one,\n")),
             Contains("missing row 1.benchmark") && Contains("unknown_word row 1.metric"));
  CHECK_THAT(refused(head + std::string("llama-3.2-1b,base,bf16,,A,acc,5,high,h,https://one,\n")),
             Contains("wrong_type row 1.value"));
  CHECK_THAT(refused("model,benchmark,metric\na,b,acc\n"), Contains("missing quant"));
  CHECK(c.quality().empty());
  CHECK(refused(head + std::string("llama-3.2-1b,base,bf16,,A,acc,5,50,h,https://one,\n")).empty());
  CHECK(c.quality().scores().size() == 1);
  // Copies of a catalog share it.
  const Catalog copy = c;
  CHECK(copy.quality().scale("A") == c.quality().scale("A"));
  // What a page that does not hold every model is told of their sizes.
  CHECK(refused("model,quant,benchmark,metric,value,source_url,parameters\nx,bf16,A,acc,5,https://one,7e9\n").empty());
  CHECK(c.quality().parameters("x") == 7e9);
}

TEST_CASE("a question asks for the scores where they are not here") {
  Catalog c = test::shipped();
  c.add(std::make_shared<const Quality>());
  Query q = example_query();
  const auto needs = [&] {
    const Choice choice = choose(c, q);
    return std::any_of(choice.needs.begin(), choice.needs.end(), [](const Need& n) { return n.type == "quality"; });
  };
  CHECK_FALSE(needs());
  q.quality = true;
  CHECK(needs());
  REQUIRE(add_preset(c, head + std::string("llama-3.2-1b,base,bf16,,A,acc,5,50,h,https://one,\n")));
  CHECK_FALSE(needs());
}
