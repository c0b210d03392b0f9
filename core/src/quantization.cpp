#include "edgewise/quantization.h"

#include <algorithm>

#include "edgewise/model.h"

namespace edgewise {

namespace {

/// llama.cpp's use_more_bits(): the first and last eighth of the layers and every third between.
bool use_more_bits(double i, double n) {
  const double eighth = static_cast<double>(static_cast<std::int64_t>(n / 8));
  const double last = static_cast<double>(static_cast<std::int64_t>(7 * n / 8));
  return i < eighth || i >= last || static_cast<std::int64_t>(i - eighth) % 3 == 2;
}

double whole(double x) { return static_cast<double>(static_cast<std::int64_t>(x)); }

bool in_layers(const RecipeRule& rule, double i, double n) {
  switch (rule.layers) {
    case RecipeRule::Layers::all:
      return true;
    case RecipeRule::Layers::use_more_bits:
      return use_more_bits(i, n);
    case RecipeRule::Layers::first:
      return i < rule.layer_argument;
    case RecipeRule::Layers::first_fraction:
      return i < whole(n / rule.layer_argument);
    case RecipeRule::Layers::middle:
      return i >= whole(n / rule.layer_argument) && i < whole((rule.layer_argument - 1) * n / rule.layer_argument);
  }
  return false;
}

bool is_small(Role role) {
  switch (role) {
    case Role::norm:
    case Role::bias:
    case Role::ffn_gate_inp:
    case Role::altup:
    case Role::laurel:
    case Role::per_layer_model_proj:
    case Role::ssm_conv1d:
    case Role::ssm_small:
    case Role::shortconv_conv:
    case Role::position_embd:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<FormatIndex> FormatTable::find(std::string_view id) const {
  for (std::size_t i = 0; i < formats_.size(); ++i)
    if (formats_[i].id == id) return static_cast<FormatIndex>(i);
  return std::nullopt;
}

std::optional<FormatIndex> FormatTable::name(std::string_view id) {
  if (const auto known = find(id)) return known;
  if (formats_.size() == max_formats) return std::nullopt;
  formats_.emplace_back().id = std::string(id);
  return static_cast<FormatIndex>(formats_.size() - 1);
}

bool FormatTable::define(const std::vector<Definition>& definitions) {
  FormatTable next = *this;
  for (Format& f : next.formats_) {
    std::string id = std::move(f.id);
    f = {};
    f.id = std::move(id);
  }
  // In the order of their definitions, which tables by format keep when they are written.
  for (const Definition& d : definitions)
    if (!next.name(d.format.id)) return false;
  for (const Definition& d : definitions) {
    const auto at = next.find(d.format.id);
    next.formats_[*at] = d.format;
    for (const auto& [other, to] :
         {std::pair(&d.fallback, &Format::fallback), std::pair(&d.costs_like, &Format::costs_like)}) {
      if (other->empty()) continue;
      const auto index = next.name(*other);
      if (!index) return false;
      next.formats_[*at].*to = index;
    }
  }
  next.defined_ = true;
  *this = std::move(next);
  return true;
}

bool is_made_in(const Quantization& recipe, const Checkpoint* own) {
  if (!recipe.ternary || (own && &recipe == &own->recipe)) return true;
  return own && std::find(own->quantizations.begin(), own->quantizations.end(), recipe.id) != own->quantizations.end();
}

bool quantizes_experts_alone(const Quantization& recipe) {
  std::bitset<static_cast<std::size_t>(Role::count)> others;
  others.set();
  for (const Role role : {Role::ffn_gate_exps, Role::ffn_up_exps, Role::ffn_down_exps})
    others.reset(static_cast<std::size_t>(role));
  return recipe.linear == recipe.small && !recipe.rules.empty() &&
         std::all_of(recipe.rules.begin(), recipe.rules.end(),
                     [&](const RecipeRule& rule) { return (rule.roles & others).none(); });
}

std::bitset<max_formats> Quantization::formats() const {
  std::bitset<max_formats> all;
  for (const FormatIndex f : {linear, output, embedding, small, tower}) all.set(f);
  for (const RecipeRule& rule : rules) all.set(rule.format);
  return all;
}

FormatIndex format_of(const Quantization& recipe, const FormatTable& table, const Model& model, const Tensor& tensor,
                      std::int32_t attention_layers) {
  if (is_small(tensor.role)) return recipe.small;
  if (tensor.role == Role::vision || tensor.role == Role::audio) return recipe.tower;

  FormatIndex format = recipe.linear;
  if (tensor.role == Role::output || (tensor.role == Role::token_embd && model.tie_word_embeddings)) {
    format = recipe.output;
  } else if (tensor.role == Role::token_embd || tensor.role == Role::per_layer_token_embd) {
    format = recipe.embedding;
  }

  const bool by_attention_layer = tensor.attention_layer >= 0 && tensor.role != Role::attn_output;
  const double i = by_attention_layer ? tensor.attention_layer : tensor.layer;
  const double n = by_attention_layer ? attention_layers : model.num_hidden_layers;
  const double gqa = model.num_key_value_heads > 0 ? model.num_attention_heads / model.num_key_value_heads : 1;
  const double experts = model.moe ? model.moe->num_experts : 0;
  for (const RecipeRule& rule : recipe.rules) {
    if (!rule.roles[static_cast<std::size_t>(tensor.role)]) continue;
    if (!rule.only.empty() && std::find(rule.only.begin(), rule.only.end(), tensor.layer) == rule.only.end()) continue;
    if (rule.min_gqa > 0 && gqa < rule.min_gqa) continue;
    if (rule.max_gqa > 0 && gqa >= rule.max_gqa) continue;
    if (rule.experts > 0 && experts != rule.experts) continue;
    if (rule.min_experts > 0 && experts < rule.min_experts) continue;
    if (rule.tied && !model.tie_word_embeddings) continue;
    if (!in_layers(rule, i, n)) continue;
    format = rule.format;
    break;
  }

  if (recipe.keeps_native_experts && is_expert_matrix(tensor.role) && model.checkpoint &&
      model.checkpoint->experts_stay)
    format = *model.checkpoint->experts_stay;

  // A row must be whole blocks; each format names the one to use instead, ending at one without blocks.
  for (std::size_t hops = 0; hops < table.size(); ++hops) {
    const Format& f = table[format];
    const double blocks = tensor.columns / f.block_weights;
    if (!f.defined() || blocks == whole(blocks) || !f.fallback) break;
    format = *f.fallback;
  }
  return format;
}

void add_stored(std::vector<StoredTensors>& sums, const StoredTensors& more) {
  for (StoredTensors& s : sums) {
    if (s.role != more.role || s.op != more.op || s.in_layers != more.in_layers || s.routed != more.routed ||
        s.format != more.format)
      continue;
    s.tensors += more.tensors;
    s.weights += more.weights;
    s.bytes += more.bytes;
    s.rows += more.rows;
    s.activations += more.activations;
    return;
  }
  sums.push_back(more);
}

std::vector<StoredTensors> stored_tensors(const Model& m, const Quantization& recipe, const FormatTable& formats) {
  const std::vector<Tensor> tensors = tensor_inventory(m);
  std::int32_t attention_layers = 0;
  for (const Tensor& t : tensors) attention_layers = std::max(attention_layers, t.attention_layer + 1);
  std::vector<StoredTensors> sums;
  for (const Tensor& t : tensors) {
    const FormatIndex f = format_of(recipe, formats, m, t, attention_layers);
    const bool matrix = t.rows > 1 && t.columns > 1;
    add_stored(sums,
               {t.role, t.op, t.layer >= 0, is_routed(t), f, 1, t.weights(), formats[f].bytes(t.weights(), t.columns),
                matrix ? t.count * t.rows : 0, matrix ? t.count * (t.rows + t.columns) : 0});
  }
  return sums;
}

}  // namespace edgewise
