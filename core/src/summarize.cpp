#include <algorithm>
#include <numeric>

#include "edgewise/cost.h"

namespace edgewise {

namespace {

OperatorLoad& load_for(ModelCost& cost, Operator op, FormatIndex format, bool once_per_sequence) {
  for (std::size_t i = 0; i < cost.load_count; ++i) {
    OperatorLoad& load = cost.loads[i];
    if (load.op == op && load.format == format && load.once_per_sequence == once_per_sequence) return load;
  }
  // The last slot takes what a pathological recipe leaves over; no shipped recipe comes near.
  if (cost.load_count < ModelCost::max_loads) ++cost.load_count;
  OperatorLoad& load = cost.loads[cost.load_count - 1];
  load.op = op;
  load.format = format;
  load.once_per_sequence = once_per_sequence;
  return load;
}

/// Where there are more classes than slots, a layer counts as so many of another class as have its cache.
void add_to_nearest(ModelCost& cost, const AttentionClass& shape, bool owns_kv) {
  AttentionClass* nearest = &cost.attention[0];
  for (AttentionClass& a : cost.attention)
    if (a.window == shape.window) nearest = &a;
  const double layers = shape.kv_elements / nearest->kv_elements;
  nearest->layers += layers;
  nearest->kv_layers += owns_kv ? layers : 0;
}

void add_attention_class(ModelCost& cost, const AttentionClass& shape, bool owns_kv) {
  for (std::size_t i = 0; i < cost.attention_count; ++i) {
    AttentionClass& a = cost.attention[i];
    if (a.heads == shape.heads && a.score_dim == shape.score_dim && a.value_dim == shape.value_dim &&
        a.kv_elements == shape.kv_elements && a.window == shape.window) {
      a.layers += 1;
      a.kv_layers += owns_kv ? 1 : 0;
      return;
    }
  }
  if (cost.attention_count == ModelCost::max_attention_classes) return add_to_nearest(cost, shape, owns_kv);
  cost.attention[cost.attention_count] = shape;
  cost.attention[cost.attention_count].layers = 1;
  cost.attention[cost.attention_count].kv_layers = owns_kv ? 1 : 0;
  ++cost.attention_count;
}

/// A window of tokens, and entries that stand for several each. Where an indexer picks among the entries, it looks at
/// all of them and attention at a fixed number, which is left out.
void add_compressed_attention(ModelCost& cost, const Model& m, double ratio) {
  const auto& c = *m.compressed_attention;
  AttentionClass window;
  window.heads = m.num_attention_heads;
  window.score_dim = window.value_dim = window.kv_elements = m.head_dim;
  window.window = m.sliding_window;
  add_attention_class(cost, window, true);
  if (ratio <= 0) return;
  const bool indexed = ratio <= CompressedAttentionConfig::most_indexed_ratio;
  AttentionClass entries;
  entries.heads = indexed ? c.index_n_heads : m.num_attention_heads;
  entries.score_dim = (indexed ? c.index_head_dim : m.head_dim) / ratio;
  entries.value_dim = indexed ? 0 : entries.score_dim;
  entries.kv_elements = (m.head_dim + (indexed ? c.index_head_dim : 0)) / ratio;
  add_attention_class(cost, entries, true);
}

void add_attention(ModelCost& cost, const Model& m, std::size_t i) {
  AttentionClass a;
  const auto s = m.attention_shape(i);
  cost.attention_heads = std::max(cost.attention_heads, s.heads);
  cost.query_width = std::max(cost.query_width, s.heads * s.head_dim);
  if (m.compressed_attention) return add_compressed_attention(cost, m, m.layers[i].compress_ratio);
  a.heads = s.heads;
  if (m.mla && m.mla->expanded) {
    a.score_dim = m.mla->qk_nope_head_dim + m.mla->qk_rope_head_dim;
    a.value_dim = m.mla->v_head_dim;
    a.kv_elements = s.heads * (a.score_dim + a.value_dim);
  } else if (m.mla) {
    // The compressed latent and the shared rotary key are cached; scores and values are taken in the latent space.
    a.score_dim = m.mla->kv_lora_rank + m.mla->qk_rope_head_dim;
    a.value_dim = m.mla->kv_lora_rank;
    a.kv_elements = a.score_dim + m.mla->index_head_dim;
  } else {
    a.score_dim = s.head_dim;
    a.value_dim = s.v_head_dim;
    a.kv_elements = s.kv_heads * (s.head_dim + s.v_head_dim);
  }
  if (m.layers[i].mixer == Mixer::sliding_attention) a.window = m.sliding_window;
  add_attention_class(cost, a, s.owns_kv);
}

/// State of recurrent layers, float32: what the sequence carries instead of a KV cache.
void add_recurrent(ModelCost& cost, const Model& m, Mixer mixer) {
  double state = 0, tail = 0;
  if (mixer == Mixer::linear_attention) {
    const auto& a = *m.linear_attention;
    state = a.num_value_heads * a.key_head_dim * a.value_head_dim;
    tail = std::max(0.0, a.conv_kernel - 1) *
           (2 * a.num_key_heads * a.key_head_dim + a.num_value_heads * a.value_head_dim);
  } else if (mixer == Mixer::mamba) {
    const auto& a = *m.mamba;
    state = a.num_heads * a.head_dim * a.state_size;
    // Mamba-1 convolves its inner width only.
    tail = (a.conv_kernel - 1) * (a.num_heads * a.head_dim + (a.dt_rank > 0 ? 0 : 2 * a.n_groups * a.state_size));
  } else if (mixer == Mixer::conv) {
    tail = (m.shortconv_kernel - 1) * m.hidden_size;
  } else if (mixer == Mixer::rwkv) {
    state = m.num_attention_heads * m.head_dim * m.head_dim;
    tail = 2 * m.hidden_size;
  }
  cost.recurrent_layers += state > 0 ? 1 : 0;
  cost.recurrent_state_B += 4 * (state + tail);
  cost.recurrent_ops += 8 * state + 2 * tail;  // decay, rank-one update and read-out of each state element
}

/// The part of a tower that its format does not change.
void add_tower(TowerCost& cost, const TowerConfig& t) {
  cost.present = true;
  cost.projector_weights = t.projector_parameters;
  // Of convolutions no position meets all weights: their operations are stated.
  cost.stack_weights = t.num_layers > 0 ? t.parameters - t.projector_parameters - t.table_parameters : 0;
  cost.ops_per_input = t.ops_per_input;
  cost.num_layers = t.num_layers;
  cost.hidden_size = t.hidden_size;
  cost.window = t.window;
  cost.full_layers = t.full_layers;
  cost.image = t.image;
  cost.audio = t.audio;
}

/// A file's tensors say their weights only: of the same role, rows are as many as in a recipe's inventory.
double rows_like(const std::vector<StoredTensors>& inventory, const StoredTensors& stored) {
  double rows = 0, weights = 0;
  for (const StoredTensors& t : inventory)
    if (t.role == stored.role && t.in_layers == stored.in_layers && t.routed == stored.routed) {
      rows += t.rows;
      weights += t.weights;
    }
  return weights > 0 ? stored.weights * rows / weights : 0;
}

void add_mixer(ModelCost& cost, const Model& m, std::size_t i, Mixer mixer) {
  switch (mixer) {
    case Mixer::full_attention:
    case Mixer::sliding_attention:
      return add_attention(cost, m, i);
    case Mixer::cross_attention:  // attends over image features only: no text KV cache
      cost.cross_kv_elements += 2 * m.num_key_value_heads * m.head_dim;
      return;
    case Mixer::none:
      return;
    case Mixer::linear_attention:
    case Mixer::conv:
    case Mixer::mamba:
    case Mixer::rwkv:
      return add_recurrent(cost, m, mixer);
  }
}

}  // namespace

ModelCost summarize(const Model& m, const Quantization& recipe, const FormatTable& formats) {
  ModelCost cost;
  const bool as_stored = m.checkpoint && &recipe == &m.checkpoint->recipe && !m.checkpoint->tensors.empty();
  const std::vector<StoredTensors> by_recipe = stored_tensors(m, recipe, formats);
  // A file may hold in one tensor what an engine multiplies by in two, and the reverse.
  for (const StoredTensors& t : by_recipe)
    if (t.in_layers && t.role != Role::bias) {
      cost.launches += t.tensors * (t.format == recipe.linear ? recipe.kernels_per_product : 1);
      cost.activations += t.activations * (t.routed && m.moe ? m.moe->experts_per_token / m.moe->num_experts : 1);
    }
  for (const StoredTensors& t : as_stored ? m.checkpoint->tensors : by_recipe) {
    cost.parameters += t.weights;
    if (t.role == Role::vision || t.role == Role::audio) {
      TowerCost& tower = t.role == Role::vision ? cost.vision : cost.audio;
      tower.format = t.format;
      tower.bytes += t.bytes;
      cost.tower_B += t.bytes;
      continue;
    }
    cost.text_B += t.bytes;
    if (t.role == Role::mtp) continue;
    if (t.role == Role::per_layer_token_embd) {
      cost.per_layer_embedding_B += t.bytes;
      continue;
    }
    if (t.role == Role::token_embd && !m.tie_word_embeddings) {
      cost.embedding_B += t.bytes;
      continue;
    }
    if (t.role == Role::token_embd && recipe.tied_embedding_stored_twice && !as_stored) cost.text_B += t.bytes;
    const bool head =
        t.role == Role::token_embd || t.role == Role::output || (t.role == Role::bias && t.op == Operator::head);
    OperatorLoad& load = load_for(cost, head ? Operator::head : t.op, t.format, head);
    (t.routed ? load.expert_weights : load.weights) += t.weights;
    (t.routed ? load.expert_bytes : load.bytes) += t.bytes;
    (t.routed ? load.expert_rows : load.rows) += as_stored ? rows_like(by_recipe, t) : t.rows;
  }

  cost.file_B = cost.text_B + cost.tower_B;

  for (std::size_t i = 0; i < m.layers.size(); ++i)
    for (const Mixer mixer : {m.layers[i].mixer, m.layers[i].beside}) add_mixer(cost, m, i, mixer);

  cost.layers = m.num_hidden_layers;
  if (m.moe) {
    cost.moe_layers = static_cast<double>(std::count_if(m.layers.begin(), m.layers.end(), [](const Layer& l) {
      return l.feed_forward == FeedForward::moe || l.feed_forward == FeedForward::moe_and_dense;
    }));
    cost.experts = m.moe->num_experts;
    cost.experts_per_token = m.moe->experts_per_token;
  }
  cost.hidden_size = m.hidden_size;
  cost.intermediate_size = m.moe ? std::max(m.moe->moe_intermediate_size * m.moe->experts_per_token,
                                            m.moe->first_k_dense > 0 ? m.intermediate_size : 0)
                                 : m.intermediate_size;
  cost.vocab_size = m.vocab_size;
  // A state that only recurs has no positions to run out of.
  cost.max_context = cost.attention_count > 0 ? m.max_position_embeddings : 0;
  cost.fused_gate_up = m.fused_gate_up;
  cost.final_logit_softcap = m.final_logit_softcap;
  if (m.vision) add_tower(cost.vision, *m.vision);
  if (m.audio) add_tower(cost.audio, *m.audio);
  return cost;
}

double multiplied_weights(const ModelCost& cost) {
  return std::accumulate(cost.loads.begin(), cost.loads.begin() + static_cast<std::ptrdiff_t>(cost.load_count), 0.0,
                         [](double sum, const OperatorLoad& l) { return sum + l.weights + l.expert_weights; });
}

}  // namespace edgewise
