#include "parse.h"

namespace edgewise::json {

namespace {

constexpr double mebi = 1048576.0;

Role find_role(const std::string& name) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Role::count); ++i)
    if (name == to_string(static_cast<Role>(i))) return static_cast<Role>(i);
  return Role::count;
}

FormatIndex format_in(Reader& r, const char* key, const FormatTable& formats, int fallback) {
  const std::string id = r.text(key);
  if (id.empty()) {
    if (fallback < 0) r.error(key, "missing", "is required");
    return static_cast<FormatIndex>(fallback < 0 ? 0 : fallback);
  }
  const int f = formats.find(id);
  if (f < 0) r.error(key, "unknown_format", "\"" + id + "\" is no storage format");
  return static_cast<FormatIndex>(f < 0 ? 0 : f);
}

RecipeRule parse_rule(Reader& r, const FormatTable& formats) {
  RecipeRule rule;
  for (const std::string& name : r.texts("tensors")) {
    const Role role = find_role(name);
    if (role == Role::count)
      r.error("tensors", "unknown_word", "\"" + name + "\" is no tensor role");
    else
      rule.roles.push_back(role);
  }
  rule.layers = static_cast<RecipeRule::Layers>(
      r.word("layers", {"all", "use_more_bits", "first", "first_fraction", "middle"}, 0));
  rule.layer_argument = r.number("layer_argument", 1, 1e4, 0);
  if (rule.layers >= RecipeRule::Layers::first && rule.layer_argument == 0)
    r.error("layer_argument", "missing", "is required with these layers");
  rule.min_gqa = r.number("min_gqa", 1, 1e4, 0);
  rule.max_gqa = r.number("max_gqa", 1, 1e4, 0);
  rule.experts = r.number("experts", 1, 1e4, 0);
  rule.min_experts = r.number("min_experts", 1, 1e4, 0);
  rule.format = format_in(r, "format", formats, -1);
  r.ignore({"note"});
  r.finish();
  return rule;
}

}  // namespace

FormatTable parse_formats(Reader& r) {
  FormatTable table;
  for (Reader& f : r.objects("formats")) {
    Format format;
    format.id = f.required_text("id");
    format.block_weights = f.required_number("block_weights", 1, 65536);
    format.block_bytes = f.required_number("block_bytes", 0.01, 1e6);
    format.fallback = f.text("fallback");
    f.ignore({"note", "source", "confidence"});
    f.finish();
    if (table.find(format.id) >= 0) f.error("id", "duplicate", "\"" + format.id + "\" stands twice");
    table.formats.push_back(std::move(format));
  }
  if (table.formats.size() > max_formats)
    r.error("formats", "out_of_range", "holds more than " + std::to_string(max_formats) + " formats");
  for (const Format& f : table.formats)
    if (!f.fallback.empty() && table.find(f.fallback) < 0)
      r.error("formats", "unknown_format", f.id + " falls back to \"" + f.fallback + "\"");
  r.ignore({"type", "format_version", "id", "sources", "note"});
  r.finish();
  return table;
}

std::vector<Quantization> parse_quantizations(Reader& r, const FormatTable& formats) {
  std::vector<Quantization> out;
  const std::string family = r.required_text("family");
  for (Reader& q : r.objects("recipes")) {
    Quantization recipe;
    recipe.id = q.required_text("id");
    recipe.family = family;
    recipe.linear = format_in(q, "linear", formats, -1);
    recipe.output = format_in(q, "output", formats, recipe.linear);
    recipe.embedding = format_in(q, "embedding", formats, recipe.linear);
    recipe.small = format_in(q, "small", formats, formats.find("F32"));
    recipe.tower = format_in(q, "tower", formats, formats.find("F16"));
    recipe.tied_embedding_stored_twice = q.flag("tied_embedding_stored_twice", false);
    recipe.kernels_per_product = q.number("kernels_per_product", 1, 100, 1);
    recipe.approximate = q.flag("approximate", false);
    recipe.activation_bits = q.number("activation_bits", 4, 32, 16);
    for (Reader& rule : q.objects("rules")) recipe.rules.push_back(parse_rule(rule, formats));
    q.ignore({"name", "aliases", "note", "source", "confidence"});
    q.finish();
    out.push_back(std::move(recipe));
  }
  r.ignore({"type", "format_version", "id", "name", "sources", "note"});
  r.finish();
  return out;
}

Runtime parse_runtime(Reader& r, const FormatTable& formats) {
  Runtime rt;
  rt.id = r.required_text("id");
  rt.name = r.required_text("name");
  rt.family = r.required_text("family");
  rt.processor = static_cast<Processor>(r.word("processor", {"cpu", "gpu", "npu"}, 0));
  rt.default_quantization = r.required_text("default_quantization");
  rt.default_kv_format = r.text("default_kv_format", "F16");
  rt.quantizations = r.texts("quantizations");
  rt.device_classes = r.texts("processor_classes");
  rt.prefill_chunk = r.number("prefill_chunk", 0, 1e6, 0);
  rt.eager = r.flag("eager", false);
  rt.prefill_uses_int8 = r.flag("prefill_uses_int8", false);
  Reader m = r.object("memory");
  if (!m) r.error("memory", "missing", "is required");
  rt.memory.model = static_cast<MemoryModel>(m.word("model", {"llama.cpp", "transformers", "vllm", "generic"}, 3));
  rt.memory.micro_batch = m.number("micro_batch", 1, 1e6, 512);
  rt.memory.kv_padding = m.number("kv_padding", 1, 65536, 1);
  rt.memory.fixed_context = m.number("fixed_context", 0, 1e7, 0);
  rt.memory.sliding_window_kv = m.flag("sliding_window_kv", false);
  rt.memory.kv_passes = m.number("kv_passes", 1, 16, 1);
  for (const std::string& id : m.texts("repacked_on_load")) {
    if (const int f = formats.find(id); f >= 0)
      rt.memory.repacked_on_load.set(static_cast<std::size_t>(f));
    else
      m.error("repacked_on_load", "unknown_format", "\"" + id + "\" is no storage format");
  }
  rt.memory.flash_attention = m.flag("flash_attention", true);
  rt.memory.embedding_on_host = m.flag("embedding_on_host", false);
  rt.memory.runtime_reserve_B = m.number("runtime_reserve_mib", 0, 1e6, 0) * mebi;
  m.ignore({"note"});
  m.finish();
  r.ignore({"type", "format_version", "aliases", "versions", "sources", "confidence", "note", "url"});
  r.finish();
  return rt;
}

}  // namespace edgewise::json
