#include <algorithm>

#include "parse.h"

namespace edgewise::json {

namespace {

RecipeRule parse_rule(Reader& r, FormatTable& formats) {
  RecipeRule rule;
  for (const std::string& name : r.texts("tensors")) {
    if (const auto role = find_role(name))
      rule.roles.set(static_cast<std::size_t>(*role));
    else
      r.error("tensors", "unknown_word", {"\"", name, "\" is no tensor role"});
  }
  rule.only = r.wholes("only", max_count);
  rule.layers = static_cast<RecipeRule::Layers>(
      r.word("layers", {"all", "use_more_bits", "first", "first_fraction", "middle"}, 0));
  rule.layer_argument = r.whole("layer_argument", 1, 1e4, 0);
  if (rule.layers >= RecipeRule::Layers::first && rule.layer_argument == 0)
    r.error("layer_argument", "missing", "is required with these layers");
  rule.min_gqa = r.number("min_gqa", 1, 1e4, 0);
  rule.max_gqa = r.number("max_gqa", 1, 1e4, 0);
  rule.experts = r.whole("experts", 1, 1e4, 0);
  rule.min_experts = r.whole("min_experts", 1, 1e4, 0);
  rule.tied = r.mark("tied");
  rule.format = format_in(r, "format", formats, std::nullopt);
  r.unread({{"note", Holds::text}});
  r.wanted({"tensors"});
  r.finish();
  return rule;
}

}  // namespace

std::optional<FormatIndex> named(Reader& r, const char* key, const std::string& name, FormatTable& formats) {
  const auto known = formats.find(name);
  // Before formats are defined, any name may become one.
  if (formats.defined() && !(known && formats[*known].defined())) {
    r.error(key, "unknown_format", {"\"", name, "\" is no storage format"});
    return std::nullopt;
  }
  const auto f = formats.name(name);
  if (!f)
    r.error(key, "out_of_range", {"is one format more than the ", static_cast<double>(max_formats), " there may be"});
  return f;
}

FormatIndex format_in(Reader& r, const char* key, FormatTable& formats, std::optional<FormatIndex> fallback) {
  const std::string name = r.text(key);
  if (!name.empty()) return named(r, key, name, formats).value_or(0);
  if (!fallback) r.error(key, "missing", "is required");
  return fallback.value_or(0);
}

void parse_formats(Reader& r, FormatTable& table) {
  std::vector<FormatTable::Definition> formats;
  r.word("id", {"formats"}, 0);
  for (Reader& f : r.objects("formats")) {
    if (formats.size() > max_formats) break;  // refused below
    FormatTable::Definition d;
    Format& format = d.format;
    format.id = f.required_text("id");
    format.block_weights = f.required_whole("block_weights", 1, 65536);
    format.block_bytes = f.required_number("block_bytes", 0.01, 1e6);
    format.row_bytes = f.amount("row_bytes", 1000);
    d.fallback = f.text("fallback");
    d.costs_like = f.text("costs_like");
    format.only_in = f.text("only_in");
    for (const auto& other : formats)
      if (other.format.id == format.id) f.error("id", "duplicate", {"\"", format.id, "\" stands twice"});
    formats.push_back(std::move(d));
    f.unread({{"note", Holds::text}, {"confidence", Holds::known}, {"source", Holds::text}});
    f.wanted({"confidence", "source"});
    f.finish();
  }
  for (const auto& d : formats)
    for (const auto& [name, how] :
         {std::pair(&d.fallback, " falls back to "), std::pair(&d.costs_like, " costs like ")})
      if (!name->empty() &&
          std::none_of(formats.begin(), formats.end(), [&, n = name](const auto& f) { return f.format.id == *n; }))
        r.error("formats", "unknown_format", {d.format.id, how, "\"", *name, "\""});
  r.unread({{"sources", Holds::texts}, {"note", Holds::text}});
  r.wanted({"id", "formats", "sources"});
  if (!table.define(formats))
    r.error("formats", "out_of_range", {"makes more than ", static_cast<double>(max_formats), " formats"});
}

Quantization parse_recipe(Reader& q, const std::string& family, FormatTable& formats,
                          std::vector<std::string>& aliases) {
  Quantization recipe;
  recipe.id = q.required_text("id");
  recipe.family = family;
  aliases = q.aliases();
  recipe.common = q.mark("common");
  recipe.ternary = q.mark("ternary");
  recipe.linear = format_in(q, "linear", formats, std::nullopt);
  recipe.output = format_in(q, "output", formats, recipe.linear);
  recipe.embedding = format_in(q, "embedding", formats, recipe.linear);
  recipe.small = format_in(q, "small", formats, formats.name("F32"));
  recipe.tower = format_in(q, "tower", formats, formats.name("F16"));
  recipe.tied_embedding_stored_twice = q.mark("tied_embedding_stored_twice");
  recipe.kernels_per_product = q.whole("kernels_per_product", 1, 100, 1);
  if (q.checked() && q.has("kernels_per_product") && recipe.kernels_per_product == 1)
    q.error("kernels_per_product", "void", "is 1; leave it out");
  recipe.approximate = q.mark("approximate");
  for (Reader& rule : q.objects("rules")) recipe.rules.push_back(parse_rule(rule, formats));
  q.unread({{"source", Holds::text}, {"confidence", Holds::known}, {"note", Holds::text}});
  q.wanted({"confidence"});
  q.finish();
  return recipe;
}

std::vector<std::pair<Quantization, std::vector<std::string>>> parse_quantizations(Reader& r, FormatTable& formats) {
  std::vector<std::pair<Quantization, std::vector<std::string>>> out;
  if (r.checked() || r.has("id")) r.required_id("id");
  const std::string family = r.required_id("family");
  const bool keeps = r.mark("keeps_native_experts");
  for (Reader& q : r.objects("recipes")) {
    std::vector<std::string> aliases;
    Quantization recipe = parse_recipe(q, family, formats, aliases);
    recipe.keeps_native_experts = keeps;
    out.emplace_back(std::move(recipe), std::move(aliases));
  }
  r.unread({{"sources", Holds::texts}, {"note", Holds::text}});
  r.wanted({"recipes"});
  return out;
}

namespace {

ReserveRules parse_reserve(Reader& r) {
  ReserveRules rules;
  rules.share = r.required_number("share", 0.01, 1);
  rules.leaves_B = r.number("leaves_gib", 0, 1e4, 0) * gib;
  if (r.checked() && !r.has("of")) r.error("of", "missing", "is required");
  rules.of = static_cast<ShareOf>(1 + r.word("of", {"total", "fixed", "free"}, 0));
  rules.option = r.required_text("option");
  rules.batched_tokens = r.required_whole("batched_tokens", 1, 1e6);
  rules.sequences = r.required_whole("sequences", 1, 1e5);
  if (Reader large = r.object("large")) {
    rules.large_from_B = large.required_number("from_gib", 1, 1e5) * gib;
    rules.large_leaves_B = large.number("leaves_gib", 0, 1e4, rules.leaves_B / gib) * gib;
    rules.large_batched_tokens = large.whole("batched_tokens", 1, 1e6, rules.batched_tokens);
    rules.large_sequences = large.whole("sequences", 1, 1e5, rules.sequences);
    rules.large_except = large.text("except");
    large.finish();
  }
  rules.logit_B = r.amount("logit_bytes", 1000);
  rules.graph_B = r.amount("graph_mib", 1e6) * mib;
  rules.driver_B = r.amount("driver_mib", 1e6) * mib;
  rules.driver_share = r.number("driver_share", 0, 0.5, 0);
  r.unread({{"note", Holds::text}});
  r.finish();
  return rules;
}

}  // namespace

Runtime parse_runtime(Reader& r, FormatTable& formats) {
  Runtime rt;
  rt.id = r.required_id("id");
  rt.name = r.required_text("name");
  rt.family = r.required_text("family");
  if (r.checked() && !r.has("processor")) r.error("processor", "missing", "is required");
  rt.processor = static_cast<Processor>(r.word("processor", {"cpu", "gpu", "npu"}, 0));
  rt.rank = r.number("rank", 0, 1e6, rt.rank);
  for (Reader& on : r.objects("rank_on")) {
    Runtime::RankRule rule;
    rule.rank = on.required_number("rank", 0, 1e6);
    const bool of_a_kind = on.has("kind");
    if (const DeviceKind kind = parse_kind(on); of_a_kind) rule.kind = kind;
    rule.processor_classes = on.texts("processor_classes");
    on.finish();
    rt.rank_on.push_back(std::move(rule));
  }
  rt.backends = r.texts("backends");
  rt.default_quantization = r.required_text("default_quantization");
  rt.default_kv_format = r.text("default_kv_format", "F16");
  rt.kv_formats = r.texts("kv_formats");
  rt.quantizations = r.texts("quantizations");
  for (const std::string& id : r.texts("no_kernels"))
    if (const auto f = named(r, "no_kernels", id, formats)) rt.no_kernels.set(*f);
  rt.compute_capability = parse_by_format(r, "compute_capability", formats, most_compute_capability);
  rt.model_types = r.texts("model_types");
  rt.models_of = r.text("models_of");
  for (const std::string& way : r.texts("no_drafts")) {
    (way == "mtp" ? rt.no_mtp : rt.no_draft_model) = true;
    if (way != "mtp" && way != "draft_model") r.error("no_drafts", "unknown_word", "must be draft_model or mtp");
  }
  rt.processor_classes = r.texts("processor_classes");
  rt.host_runtime = r.text("host_runtime");
  rt.prefill_chunk = r.amount("prefill_chunk", 1e6);
  rt.eager = r.flag("eager", false);
  rt.prefill_uses_int8 = r.flag("prefill_uses_int8", false);
  Reader m = r.object("memory");
  if (!m) r.error("memory", "missing", "is required");
  rt.memory.model = static_cast<MemoryModel>(m.word("model", {"llama.cpp", "transformers", "vllm", "generic"}, 3));
  rt.memory.micro_batch = m.whole("micro_batch", 1, 1e6, 512);
  rt.memory.kv_padding = m.whole("kv_padding", 1, 65536, 1);
  rt.memory.fixed_context = m.amount("fixed_context", 1e7);
  rt.memory.sliding_window_kv = m.flag("sliding_window_kv", false);
  rt.memory.kv_passes = m.number("kv_passes", 1, 16, 1);
  for (const std::string& id : m.texts("repacked_on_load"))
    if (const auto f = named(m, "repacked_on_load", id, formats)) rt.memory.repacked_on_load.set(*f);
  rt.memory.flash_attention = m.flag("flash_attention", true);
  rt.memory.embedding_on_host = m.flag("embedding_on_host", false);
  rt.memory.qkv_through_host = m.flag("qkv_through_host", false);
  rt.memory.output_in_place = m.flag("output_in_place", false);
  rt.memory.maps_experts = m.flag("maps_experts", false);
  rt.memory.grows_kv = m.flag("grows_kv", false);
  rt.memory.built_for_micro_batch = m.flag("built_for_micro_batch", false);
  rt.memory.embedding_tables = m.whole("embedding_tables", 0, 16, 0);
  rt.memory.layers_in_flight = m.number("layers_in_flight", 0, 1000, 0);
  rt.memory.layer_buffers = m.number("layer_buffers", 0, 1000, 0);
  rt.memory.vocabulary_B = m.amount("vocabulary_bytes", 1e5);
  rt.tied_output_repacked_on = m.texts("tied_output_repacked_on");
  rt.memory.runtime_reserve_B = m.number("runtime_reserve_mib", 0, 1e6, 0) * mib;
  if (Reader reserve = m.object("reserve")) rt.reserve = parse_reserve(reserve);
  m.unread({{"note", Holds::text}});
  m.wanted({"model", "runtime_reserve_mib"});
  m.finish();
  r.unread({{"confidence", Holds::known}, {"note", Holds::text}, {"sources", Holds::texts}});
  r.wanted({"rank", "kv_formats", "quantizations", "confidence", "sources"});
  return rt;
}

}  // namespace edgewise::json
