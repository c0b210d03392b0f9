#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace edgewise {

/// Tensor roles in llama.cpp's vocabulary (gguf-py/gguf/constants.py), which recipes refer to.
enum class Role : std::uint8_t {
  token_embd,
  output,
  attn_q,
  attn_k,
  attn_v,
  attn_qkv,
  attn_gate,
  attn_output,
  attn_q_a,
  attn_q_b,
  attn_kv_a,
  attn_kv_b,
  ffn_gate,
  ffn_up,
  ffn_down,
  ffn_gate_inp,
  ffn_gate_exps,
  ffn_up_exps,
  ffn_down_exps,
  ffn_gate_shexp,
  ffn_up_shexp,
  ffn_down_shexp,
  ffn_latent,
  ssm_in,
  ssm_out,
  ssm_conv1d,
  ssm_small,
  shortconv_in,
  shortconv_out,
  shortconv_conv,
  per_layer_token_embd,
  per_layer_model_proj,
  per_layer_gate,
  per_layer_proj,
  altup,
  laurel,
  norm,
  bias,
  time_mix,
  indexer,
  position_embd,
  vision,
  audio,
  mtp,  ///< layers that predict further tokens: stored, not run
  count
};
const char* to_string(Role);
/// Whether it is a matrix of the routed experts.
bool is_expert_matrix(Role);

/// Operators that time is counted by.
enum class Operator : std::uint8_t {
  embedding,
  qkv,
  attention,
  attention_output,
  mlp,
  experts,
  recurrent,
  head,
  other,
  vision,
  audio,
  storage,  ///< no tensor's: weights that are read again because the memory does not hold them
  count
};
const char* to_string(Operator);
/// The role, or the operator of tensors, of that name.
std::optional<Role> find_role(std::string_view);
std::optional<Operator> find_operator(std::string_view);

}  // namespace edgewise
