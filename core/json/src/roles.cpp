#include "roles.h"

namespace edgewise::json {

Operator operator_of(Role role, std::string_view name, bool recurrent) {
  const auto has = [&](const char* part) { return name.find(part) != std::string_view::npos; };
  switch (role) {
    case Role::token_embd:
    case Role::per_layer_token_embd:
      return Operator::embedding;
    case Role::output:
      return Operator::head;
    case Role::attn_q:
    case Role::attn_k:
    case Role::attn_v:
    case Role::attn_q_a:
    case Role::attn_q_b:
    case Role::attn_kv_a:
    case Role::attn_kv_b:
      return Operator::qkv;
    case Role::attn_qkv:
    case Role::attn_gate:
      return recurrent ? Operator::recurrent : Operator::qkv;
    case Role::attn_output:
      return Operator::attention_output;
    case Role::ffn_gate:
    case Role::ffn_up:
    case Role::ffn_down:
      return Operator::mlp;
    case Role::ffn_gate_inp:
    case Role::ffn_gate_exps:
    case Role::ffn_up_exps:
    case Role::ffn_down_exps:
    case Role::ffn_gate_shexp:
    case Role::ffn_up_shexp:
    case Role::ffn_down_shexp:
    case Role::ffn_latent:
      return Operator::experts;
    case Role::ssm_in:
    case Role::ssm_out:
    case Role::ssm_conv1d:
    case Role::ssm_small:
    case Role::shortconv_in:
    case Role::shortconv_out:
    case Role::shortconv_conv:
    case Role::time_mix:
      return Operator::recurrent;
    case Role::bias:
      if (has("attn_output") || has("o_proj")) return Operator::attention_output;
      if (has("sinks")) return Operator::attention;
      if (has("attn")) return Operator::qkv;
      if (has("exp") || has("ffn_gate_inp") || has("router") || has("mlp.gate.")) return Operator::experts;
      if (has("ffn") || has("mlp")) return Operator::mlp;
      return recurrent ? Operator::recurrent : Operator::other;
    default:
      return Operator::other;
  }
}

}  // namespace edgewise::json
