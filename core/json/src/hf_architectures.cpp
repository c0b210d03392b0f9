#include "hf_architectures.h"

#include <algorithm>
#include <cstdlib>

#include "edgewise/text.h"

namespace edgewise::json {

namespace {

// Dimensions that several classes share.
#define LLAMA_7B "vocab_size 32000, hidden_size 4096, num_hidden_layers 32, num_attention_heads 32"
#define QWEN2_7B \
  "vocab_size 151936, hidden_size 4096, intermediate_size 22016, num_hidden_layers 32, num_attention_heads 32"
#define QWEN_DELTA                                                                               \
  "head_dim 256, linear_conv_kernel_dim 4, linear_key_head_dim 128, linear_value_head_dim 128, " \
  "linear_num_key_heads 16, linear_num_value_heads 32, max_position_embeddings 32768"
#define DEEPSEEK_MLA "kv_lora_rank 512, q_lora_rank 1536, qk_nope_head_dim 128, qk_rope_head_dim 64, v_head_dim 128"
#define NOT_GATED "gated_mlp false"
#define LAYER_NORM "norm_type layernorm"
#define BIASES "attention_bias true, attention_out_bias true, mlp_bias true"

// transformers, src/transformers/models/*/configuration_*.py; of architectures that are not there, the repository's
// own.
constexpr HfArchitecture architectures[] = {
    {"afmoe", "afmoe", experts, 4, "",
     "norms_per_layer 4, qk_norm per_head, attn_output_gate true, moe.router_bias true"},
    {"apertus", "apertus", 0, 0, "", "qk_norm per_head, " NOT_GATED},
    {"arcee", "arcee", 0, 0, "", NOT_GATED},
    {"baichuan", "baichuan", 0, 0, "", "fused_qkv true"},
    {"bailing_moe", "bailing_moe", experts | use_bias | qk_norm_by_key, 0, "", "fused_qkv true, qk_norm per_head"},
    {"bailing_moe_linear", "bailing_moe_linear", experts | use_bias | qk_norm_by_key, 0, "",
     "fused_qkv true, qk_norm per_head"},
    {"bamba", "bamba", 0, 0,
     "mamba_n_heads 128, mamba_d_head auto, mamba_n_groups 1, mamba_d_state 256, mamba_d_conv 4, mamba_expand 2, "
     "num_key_value_heads 8",
     ""},
    {"bitnet", "bitnet", 0, 0, "", "sub_norms true"},
    {"bloom", "bloom", 0, 0, "", LAYER_NORM ", fused_qkv true, embedding_norm true, tie true, " NOT_GATED ", " BIASES},
    {"chatglm", "chatglm", 0, 0, "", ""},
    {"codegen", "codegen", 0, 0, "",
     LAYER_NORM
     ", fused_qkv true, norms_per_layer 1, parallel_block true, mlp_bias true, lm_head_bias true, " NOT_GATED},
    {"cohere", "cohere", qk_norm_by_key, 0,
     "vocab_size 256000, hidden_size 8192, intermediate_size 22528, num_hidden_layers 40, num_attention_heads 64, "
     "max_position_embeddings 8192",
     "norms_per_layer 1, parallel_block true, tie true, qk_norm full"},
    {"cohere2", "cohere2", 0, 4,
     "vocab_size 256000, hidden_size 8192, intermediate_size 22528, num_hidden_layers 40, num_attention_heads 64, "
     "max_position_embeddings 8192, sliding_window 4096",
     "norms_per_layer 1, parallel_block true, tie true"},
    {"dbrx", "dbrx", 0, 0, "", "fused_qkv true"},
    {"deepseek", "deepseek", experts, 0, "", ""},
    {"deepseek_v2", "deepseek_v2", mla | experts, 0,
     LLAMA_7B ", intermediate_size 11008, max_position_embeddings 2048, n_routed_experts 64, n_shared_experts 2, "
              "moe_intermediate_size 1407, " DEEPSEEK_MLA,
     ""},
    {"deepseek_v3", "deepseek_v3", mla | experts, 0,
     "vocab_size 129280, hidden_size 7168, intermediate_size 18432, moe_intermediate_size 2048, num_hidden_layers 61, "
     "num_attention_heads 128, n_shared_experts 1, n_routed_experts 256, num_experts_per_tok 8, first_k_dense_replace "
     "3, "
     "max_position_embeddings 4096, " DEEPSEEK_MLA,
     "moe.router_bias true"},
    {"deepseek_v4", "deepseek_v4", experts, 0, "", "moe.router_bias true"},
    {"dots1", "dots1", experts, 0, "", "qk_norm per_head, moe.router_bias true"},
    {"ernie4_5", "ernie4_5", use_bias, 0,
     "vocab_size 103424, hidden_size 1024, intermediate_size 3072, num_hidden_layers 18, num_attention_heads 16, "
     "num_key_value_heads 2, head_dim 128, max_position_embeddings 131072",
     "tie true"},
    {"ernie4_5_moe", "ernie4_5_moe", use_bias | experts, 0,
     "vocab_size 103424, hidden_size 2560, intermediate_size 12288, num_hidden_layers 28, num_attention_heads 20, "
     "num_key_value_heads 4, moe_intermediate_size 1536, moe_k 6, moe_num_experts 64, moe_num_shared_experts 2, "
     "moe_layer_start_index 1, moe_layer_end_index -1, moe_layer_interval 1, max_position_embeddings 131072",
     "tie true, moe.router_bias true"},
    {"exaone", "exaone", 0, 0, "", ""},
    {"exaone4", "exaone4", 0, 4,
     "vocab_size 102400, hidden_size 4096, intermediate_size 16384, num_hidden_layers 32, num_attention_heads 32, "
     "num_key_value_heads 32, max_position_embeddings 2048, sliding_window 4096",
     "qk_norm per_head"},
    {"exaone_moe", "exaone_moe", experts, 4, "", "qk_norm per_head, moe.router_bias true"},
    {"falcon", "falcon", 0, 0, "", LAYER_NORM ", tie true, fused_qkv true, " NOT_GATED},
    {"falcon_h1", "falcon_h1", 0, 0,
     "num_key_value_heads 8, mamba_d_ssm 1024, mamba_n_heads 128, mamba_d_head auto, mamba_n_groups 1, "
     "mamba_d_state 256, mamba_d_conv 4, mamba_expand 2, mamba_rms_norm false",
     ""},
    {"gemma", "gemma", 0, 0,
     "vocab_size 256000, hidden_size 3072, intermediate_size 24576, num_hidden_layers 28, num_attention_heads 16, "
     "num_key_value_heads 16, head_dim 256, max_position_embeddings 8192",
     "tie true"},
    {"gemma2", "gemma2", 0, 2,
     "vocab_size 256000, hidden_size 2304, intermediate_size 9216, num_hidden_layers 26, num_attention_heads 8, "
     "num_key_value_heads 4, head_dim 256, max_position_embeddings 8192, sliding_window 4096, "
     "final_logit_softcapping 30",
     "norms_per_layer 4, tie true"},
    {"gemma3", "gemma3", 0, 6,
     "vocab_size 262208, hidden_size 2304, intermediate_size 9216, num_hidden_layers 26, num_attention_heads 8, "
     "num_key_value_heads 4, head_dim 256, max_position_embeddings 131072, sliding_window 4096",
     "norms_per_layer 4, qk_norm per_head, tie true"},
    {"gemma3n", "gemma3n", 0, 5,
     "vocab_size 262400, hidden_size 2048, intermediate_size 16384, num_hidden_layers 35, num_attention_heads 8, "
     "num_key_value_heads 2, head_dim 256, max_position_embeddings 32768, sliding_window 512, "
     "final_logit_softcapping 30, hidden_size_per_layer_input 256, vocab_size_per_layer_input 262144, "
     "num_kv_shared_layers 15, laurel_rank 64, altup_num_inputs 4",
     "norms_per_layer 4, qk_norm per_head, tie true"},
    {"gemma4", "gemma4", experts, 6,
     "vocab_size 262144, hidden_size 2304, intermediate_size 9216, num_hidden_layers 30, num_attention_heads 8, "
     "num_key_value_heads 4, head_dim 256, global_head_dim 512, max_position_embeddings 131072, sliding_window 512, "
     "hidden_size_per_layer_input 256, vocab_size_per_layer_input 262144",
     "norms_per_layer 4, qk_norm per_head, tie true"},
    {"glm", "chatglm", qkv_bias_only, 0,
     "vocab_size 151552, hidden_size 4096, intermediate_size 13696, num_hidden_layers 40, num_attention_heads 32, "
     "num_key_value_heads 2, head_dim 128, max_position_embeddings 131072, attention_bias true",
     "fused_gate_up true"},
    {"glm4", "glm4", qkv_bias_only, 0,
     "vocab_size 151552, hidden_size 4096, intermediate_size 13696, num_hidden_layers 40, num_attention_heads 32, "
     "num_key_value_heads 2, head_dim 128, max_position_embeddings 131072, attention_bias true",
     "fused_gate_up true, norms_per_layer 4"},
    {"glm4v", "glm4v", 0, 0,
     "vocab_size 151552, hidden_size 4096, intermediate_size 13696, num_hidden_layers 40, num_attention_heads 32, "
     "num_key_value_heads 2, max_position_embeddings 32768",
     "fused_gate_up true, norms_per_layer 4, attention_bias true"},
    {"glm4_moe", "glm4_moe", qkv_bias_only | experts | qk_norm_by_key, 0,
     "vocab_size 151552, hidden_size 4096, intermediate_size 10944, num_hidden_layers 46, num_attention_heads 96, "
     "num_key_value_heads 8, moe_intermediate_size 1408, num_experts_per_tok 8, n_shared_experts 1, "
     "n_routed_experts 128, first_k_dense_replace 1, max_position_embeddings 131072, use_qk_norm false",
     "qk_norm per_head, moe.router_bias true"},
    {"glm4v_moe", "glm4_moe", qkv_bias_only | experts | qk_norm_by_key, 0,
     "vocab_size 151424, hidden_size 4096, intermediate_size 10944, num_hidden_layers 46, num_attention_heads 96, "
     "num_key_value_heads 8, moe_intermediate_size 1408, num_experts_per_tok 8, n_shared_experts 1, "
     "n_routed_experts 128, first_k_dense_replace 1, max_position_embeddings 65536, attention_bias true, "
     "use_qk_norm false",
     "qk_norm per_head, moe.router_bias true"},
    {"gpt2", "gpt2", 0, 0, "", LAYER_NORM ", fused_qkv true, tie true, " NOT_GATED ", " BIASES},
    {"gpt_bigcode", "gpt_bigcode", 0, 0, "", LAYER_NORM ", fused_qkv true, tie true, " NOT_GATED ", " BIASES},
    {"gpt_neox", "gpt_neox", 0, 0, "", LAYER_NORM ", fused_qkv true, parallel_block true, " NOT_GATED ", " BIASES},
    {"gpt_oss", "gpt_oss", experts | expert_width, 2,
     "vocab_size 201088, hidden_size 2880, intermediate_size 2880, num_hidden_layers 36, num_attention_heads 64, "
     "num_key_value_heads 8, head_dim 64, max_position_embeddings 131072, sliding_window 128, num_local_experts 128, "
     "num_experts_per_tok 4, attention_bias true",
     "attn_sinks true, moe.router_bias true, moe.expert_bias true"},
    {"gptj", "gptj", 0, 0, "",
     LAYER_NORM ", norms_per_layer 1, parallel_block true, mlp_bias true, lm_head_bias true, " NOT_GATED},
    {"granite", "granite", 0, 0, LLAMA_7B ", intermediate_size 11008, max_position_embeddings 2048", ""},
    {"granitemoe", "granite", experts | expert_width, 0,
     LLAMA_7B ", intermediate_size 11008, max_position_embeddings 2048, num_local_experts 8, num_experts_per_tok 2",
     ""},
    {"granitemoehybrid", "granitemoehybrid", experts | expert_width, 0,
     LLAMA_7B
     ", intermediate_size 11008, max_position_embeddings 2048, num_local_experts 8, num_experts_per_tok 2, "
     "shared_intermediate_size 1024, mamba_n_heads 128, mamba_d_head auto, mamba_n_groups 1, mamba_d_state 256, "
     "mamba_d_conv 4, mamba_expand 2",
     ""},
    {"helium", "helium", 0, 0, "", ""},
    {"hunyuan", "hunyuan", experts | expert_width | qk_norm_by_key, 0, "", "qk_norm per_head"},
    {"hunyuan_v1_dense", "hunyuan_v1_dense", 0, 0, "", "qk_norm per_head"},
    {"hy_v3", "hy_v3", experts, 0, "", "qk_norm per_head, moe.router_bias true"},
    {"internlm", "internlm", 0, 0, "", ""},
    {"internlm2", "internlm2", 0, 0, LLAMA_7B ", intermediate_size 11008, max_position_embeddings 2048",
     "fused_qkv true"},
    {"internlm3", "internlm3", 0, 0, "", ""},
    {"jamba", "jamba", experts | expert_width, 0,
     "vocab_size 65536, hidden_size 4096, intermediate_size 14336, num_hidden_layers 32, num_attention_heads 32, "
     "num_key_value_heads 8, num_experts 16, num_experts_per_tok 2, expert_layer_period 2, expert_layer_offset 1, "
     "attn_layer_period 8, attn_layer_offset 4, mamba_d_state 16, mamba_d_conv 4, mamba_expand 2, mamba_dt_rank auto",
     ""},
    {"kimi_linear", "kimi_linear", mla | experts, 0, "", "moe.router_bias true"},
    {"klear", "klear", experts, 0, "", "qk_norm per_head, moe.router_bias true"},
    {"laguna", "laguna", experts, 0, "", "qk_norm per_head, attn_head_gate true, moe.router_bias true"},
    {"lfm2", "lfm2", 0, 0,
     "vocab_size 65536, hidden_size 2560, intermediate_size 12288, num_hidden_layers 32, num_attention_heads 32, "
     "num_key_value_heads 8, max_position_embeddings 128000, conv_L_cache 3, block_multiple_of 256, "
     "block_ffn_dim_multiplier 1, block_auto_adjust_ff_dim true",
     "qk_norm per_head, tie true"},
    {"lfm2_moe", "lfm2_moe", experts, 0,
     "vocab_size 65536, hidden_size 2048, intermediate_size 7168, moe_intermediate_size 1792, num_hidden_layers 32, "
     "num_attention_heads 32, num_key_value_heads 8, max_position_embeddings 128000, conv_L_cache 3, "
     "num_dense_layers 2, num_experts_per_tok 4, num_experts 32",
     "qk_norm per_head, tie true, moe.router_bias true"},
    {"llama", "llama", 0, 0, LLAMA_7B ", intermediate_size 11008, max_position_embeddings 2048", ""},
    {"llama4", "llama4", experts | expert_width, 0,
     "vocab_size 202048, hidden_size 5120, intermediate_size 8192, intermediate_size_mlp 16384, num_hidden_layers 48, "
     "num_attention_heads 40, num_key_value_heads 8, head_dim 128, max_position_embeddings 131072, "
     "num_experts_per_tok 1, num_local_experts 16, interleave_moe_layer_step 1, no_rope_layer_interval 4, "
     "attention_chunk_size 8192",
     ""},
    {"longcat_flash", "longcat_flash", mla | experts, 0, "", "moe.router_bias true"},
    {"mamba", "mamba", only_recurrent, 0,
     "state_size 16, conv_kernel 4, expand 2, use_conv_bias true, time_step_rank auto", "norms_per_layer 1, tie true"},
    {"mamba2", "mamba2", only_recurrent, 0, "expand 2, use_conv_bias true, n_groups 8", "norms_per_layer 1"},
    {"mellum", "mellum", experts, 0, "", "qk_norm per_head"},
    {"mimo_v2_flash", "mimo_v2_flash", experts, 0, "", "moe.router_bias true"},
    {"minicpm", "minicpm", 0, 0, "", "tie true"},
    {"minicpm3", "minicpm3", mla | expanded_mla, 0, "", "tie true"},
    {"minimax", "minimax", experts | expert_width, 0,
     LLAMA_7B ", intermediate_size 14336, num_key_value_heads 8, num_local_experts 8, num_experts_per_tok 2", ""},
    {"minimax_m2", "minimax_m2", experts | expert_width | qk_norm_by_key, 0, "use_qk_norm true",
     "qk_norm full, moe.router_bias true"},
    {"ministral", "mistral", window_everywhere, 0,
     LLAMA_7B ", intermediate_size 14336, num_key_value_heads 8, max_position_embeddings 131072, sliding_window 4096",
     ""},
    {"ministral3", "mistral3", window_everywhere, 0,
     "vocab_size 131072, hidden_size 4096, intermediate_size 14336, num_hidden_layers 34, num_attention_heads 32, "
     "num_key_value_heads 8, head_dim 128, max_position_embeddings 262144",
     ""},
    {"mistral", "mistral", window_everywhere, 0,
     LLAMA_7B ", intermediate_size 14336, num_key_value_heads 8, max_position_embeddings 131072, sliding_window 4096",
     ""},
    {"mistral4", "mistral4", mla | experts, 0,
     "vocab_size 131072, hidden_size 4096, intermediate_size 12288, moe_intermediate_size 2048, num_hidden_layers 36, "
     "num_attention_heads 32, n_shared_experts 1, n_routed_experts 128, num_experts_per_tok 4, kv_lora_rank 256, "
     "q_lora_rank 1024, qk_rope_head_dim 64, v_head_dim 128, qk_nope_head_dim 64, max_position_embeddings 1048576",
     ""},
    {"mixtral", "mixtral", experts | expert_width | window_everywhere, 0,
     LLAMA_7B ", intermediate_size 14336, num_key_value_heads 8, max_position_embeddings 131072, num_local_experts 8, "
              "num_experts_per_tok 2",
     ""},
    {"mllama", "llama", 0, 0,
     "vocab_size 128256, hidden_size 4096, intermediate_size 14336, num_hidden_layers 40, num_attention_heads 32, "
     "num_key_value_heads 8, max_position_embeddings 131072",
     ""},
    {"molmo", "molmo", 0, 0, "", ""},
    {"mpt", "mpt", 0, 0, "", "fused_qkv true, tie true, " NOT_GATED},
    {"nanochat", "nanochat", 0, 0, "", "norms_per_layer 0, " NOT_GATED},
    {"nemotron", "nemotron", 0, 0,
     "vocab_size 256000, hidden_size 6144, intermediate_size 24576, num_hidden_layers 32, num_attention_heads 48, "
     "max_position_embeddings 4096",
     LAYER_NORM ", " NOT_GATED},
    {"nemotron-nas", "nemotron-nas", 0, 0, "", ""},
    {"nemotron_h", "nemotron_h", experts, 0, "", "norms_per_layer 1, " NOT_GATED ", moe.router_bias true"},
    {"olmo", "olmo", 0, 0,
     "vocab_size 50304, hidden_size 4096, intermediate_size 11008, num_hidden_layers 32, num_attention_heads 32, "
     "max_position_embeddings 2048",
     "norms_per_layer 0"},
    {"olmo2", "olmo2", 0, 0,
     "vocab_size 50304, hidden_size 4096, intermediate_size 11008, num_hidden_layers 32, num_attention_heads 32, "
     "max_position_embeddings 2048",
     "qk_norm full"},
    {"olmo3", "olmo3", 0, 4,
     "vocab_size 50304, hidden_size 4096, intermediate_size 11008, num_hidden_layers 32, num_attention_heads 32, "
     "max_position_embeddings 2048, sliding_window 4096",
     "qk_norm full"},
    {"olmoe", "olmoe", experts | expert_width, 0, "num_experts 64, num_experts_per_tok 8", "qk_norm full"},
    {"openelm", "openelm", 0, 0, "ffn_dim_divisor 256, normalize_qk_projections true, ffn_with_glu true",
     "fused_qkv true, fused_gate_up true, tie true"},
    {"opt", "opt", 0, 0,
     "vocab_size 50272, hidden_size 768, num_hidden_layers 12, ffn_dim 3072, max_position_embeddings 2048, "
     "num_attention_heads 12",
     LAYER_NORM ", tie true, " NOT_GATED ", " BIASES},
    {"orion", "orion", 0, 0, "", LAYER_NORM},
    {"persimmon", "persimmon", 0, 0,
     "vocab_size 262144, hidden_size 4096, intermediate_size 16384, num_hidden_layers 36, num_attention_heads 64, "
     "max_position_embeddings 16384",
     LAYER_NORM ", fused_qkv true, " NOT_GATED ", " BIASES},
    {"phi", "phi", 0, 0,
     "vocab_size 51200, hidden_size 2048, intermediate_size 8192, num_hidden_layers 24, num_attention_heads 32, "
     "max_position_embeddings 2048",
     LAYER_NORM ", norms_per_layer 1, parallel_block true, lm_head_bias true, " NOT_GATED ", " BIASES},
    {"phi3", "phi3", window_everywhere, 0,
     "vocab_size 32064, hidden_size 3072, intermediate_size 8192, num_hidden_layers 32, num_attention_heads 32, "
     "max_position_embeddings 4096",
     "fused_qkv true, fused_gate_up true"},
    {"phi3small", "phi3small", 0, 0, "", LAYER_NORM ", fused_qkv true, fused_gate_up true, tie true, " BIASES},
    {"phimoe", "phimoe", experts | expert_width | window_everywhere, 0,
     "vocab_size 32064, hidden_size 4096, intermediate_size 6400, num_hidden_layers 32, num_attention_heads 32, "
     "num_key_value_heads 8, max_position_embeddings 131072, num_experts_per_tok 2, num_local_experts 16",
     LAYER_NORM},
    {"qwen", "qwen", 0, 0, "", "fused_qkv true, attention_bias true"},
    {"qwen2", "qwen2", 0, 0,
     QWEN2_7B ", num_key_value_heads 32, max_position_embeddings 32768, use_sliding_window false, sliding_window 4096, "
              "max_window_layers 28",
     "attention_bias true"},
    {"qwen2_moe", "qwen2_moe", experts, 0,
     "vocab_size 151936, hidden_size 2048, intermediate_size 5632, num_hidden_layers 24, num_attention_heads 16, "
     "num_key_value_heads 16, max_position_embeddings 32768, moe_intermediate_size 1408, "
     "shared_expert_intermediate_size 5632, num_experts_per_tok 4, num_experts 60, use_sliding_window false",
     "attention_bias true, moe.shared_gate true"},
    {"qwen2_vl", "qwen2_vl", 0, 0,
     "vocab_size 152064, hidden_size 8192, intermediate_size 29568, num_hidden_layers 80, num_attention_heads 64, "
     "num_key_value_heads 8, max_position_embeddings 32768, use_sliding_window false, sliding_window 4096, "
     "max_window_layers 80",
     "attention_bias true"},
    {"qwen2_5_vl", "qwen2_5_vl", 0, 0,
     "vocab_size 152064, hidden_size 8192, intermediate_size 29568, num_hidden_layers 80, num_attention_heads 64, "
     "num_key_value_heads 8, max_position_embeddings 32768, use_sliding_window false, sliding_window 4096, "
     "max_window_layers 80",
     "attention_bias true"},
    {"qwen3", "qwen3", 0, 0,
     QWEN2_7B ", num_key_value_heads 32, head_dim 128, max_position_embeddings 32768, use_sliding_window false, "
              "sliding_window 4096, max_window_layers 28",
     "qk_norm per_head"},
    {"qwen3_moe", "qwen3_moe", experts, 0,
     "vocab_size 151936, hidden_size 2048, intermediate_size 6144, num_hidden_layers 24, num_attention_heads 32, "
     "num_key_value_heads 4, max_position_embeddings 32768, use_sliding_window false, moe_intermediate_size 768, "
     "num_experts_per_tok 8, num_experts 128",
     "qk_norm per_head"},
    {"qwen3_next", "qwen3_next", experts | gated_delta_net, 0,
     "vocab_size 151936, hidden_size 2048, intermediate_size 5632, num_hidden_layers 48, num_attention_heads 16, "
     "num_key_value_heads 2, moe_intermediate_size 512, shared_expert_intermediate_size 512, num_experts_per_tok 10, "
     "num_experts 512, " QWEN_DELTA,
     "qk_norm per_head, moe.shared_gate true"},
    {"qwen3_vl", "qwen3_vl", 0, 0, QWEN2_7B ", num_key_value_heads 32, head_dim 128, max_position_embeddings 128000",
     "qk_norm per_head"},
    {"qwen3_vl_moe", "qwen3_vl", experts, 0,
     "vocab_size 151936, hidden_size 2048, intermediate_size 5632, num_hidden_layers 24, num_attention_heads 16, "
     "num_key_value_heads 16, max_position_embeddings 128000, moe_intermediate_size 1408, num_experts_per_tok 4, "
     "num_experts 60",
     "qk_norm per_head"},
    {"qwen3_5", "qwen3_5", gated_delta_net, 0,
     "vocab_size 248320, hidden_size 4096, intermediate_size 12288, num_hidden_layers 32, num_attention_heads 16, "
     "num_key_value_heads 4, " QWEN_DELTA,
     "qk_norm per_head"},
    {"qwen3_5_moe", "qwen3_5_moe", experts | gated_delta_net, 0,
     "vocab_size 248320, hidden_size 2048, num_hidden_layers 40, num_attention_heads 16, num_key_value_heads 2, "
     "moe_intermediate_size 512, shared_expert_intermediate_size 512, num_experts_per_tok 8, num_experts "
     "256, " QWEN_DELTA,
     "qk_norm per_head, moe.shared_gate true"},
    {"rwkv7", "rwkv7", only_recurrent, 0, "head_dim 64", LAYER_NORM ", " NOT_GATED},
    {"seed_oss", "seed_oss", qkv_bias_only, 0,
     "vocab_size 155136, hidden_size 4096, intermediate_size 27648, num_hidden_layers 64, num_attention_heads 80, "
     "num_key_value_heads 8, head_dim 128, max_position_embeddings 524288, attention_bias true",
     ""},
    {"smallthinker", "smallthinker", experts, 0, "", ""},
    {"smollm3", "smollm3", 0, 0,
     "vocab_size 128256, hidden_size 2048, intermediate_size 11008, num_hidden_layers 36, num_attention_heads 16, "
     "num_key_value_heads 4, max_position_embeddings 32768",
     "tie true"},
    {"solar_open", "solar_open", experts | qk_norm_by_key, 0, "use_qk_norm false",
     "qk_norm per_head, moe.router_bias true"},
    {"stablelm", "stablelm", 0, 0, "", LAYER_NORM},
    {"starcoder2", "starcoder2", use_bias | window_everywhere, 0,
     "vocab_size 49152, hidden_size 3072, intermediate_size 12288, num_hidden_layers 30, num_attention_heads 24, "
     "num_key_value_heads 2, max_position_embeddings 4096, use_bias true",
     LAYER_NORM ", tie true, " NOT_GATED},
    {"step3p5", "step3p5", experts, 0, "sliding_window 512",
     "qk_norm per_head, attn_head_gate true, moe.router_bias true"},
    {"telechat", "telechat", 0, 0, "", ""},
    {"youtu_llm", "youtu_llm", mla, 0, "", ""},
};

#undef LLAMA_7B
#undef QWEN2_7B
#undef QWEN_DELTA
#undef DEEPSEEK_MLA
#undef NOT_GATED
#undef LAYER_NORM
#undef BIASES

struct Pair {
  const char *name, *meaning;
};

/// Other names of an architecture.
constexpr Pair architecture_aliases[] = {{"aquila", "llama"},
                                         {"bailing_moe_v2", "bailing_moe"},
                                         {"bailing_moe_v2_5", "bailing_moe_linear"},
                                         {"bailing_hybrid", "bailing_moe_linear"},
                                         {"cohere2_text", "cohere2"},
                                         {"deci", "nemotron-nas"},
                                         {"decilm", "nemotron-nas"},
                                         {"deepseek_v32", "deepseek_v3"},
                                         {"deepseek_ref", "deepseek_v4"},
                                         {"deepseek_vl_v2", "deepseek_v2"},
                                         {"ernie4_5_moe_vl", "ernie4_5_moe"},
                                         {"exaone4_5", "exaone4"},
                                         {"falcon_mamba", "mamba"},
                                         {"gemma3_text", "gemma3"},
                                         {"glm4_moe_lite", "deepseek_v3"},
                                         {"glm_moe_dsa", "deepseek_v3"},
                                         {"granitemoeshared", "granitemoe"},
                                         {"hunyuan_moe_v1", "hunyuan"},
                                         {"hunyuan_v1_moe", "hunyuan"},
                                         {"iquestcoder", "llama"},
                                         {"kimi_k2", "deepseek_v3"},
                                         {"lfm2_audio", "lfm2"},
                                         {"llava_llama", "llama"},
                                         {"llava_mistral", "mistral"},
                                         {"llava_qwen", "qwen2"},
                                         {"llava_qwen2", "qwen2"},
                                         {"mimo", "qwen2"},
                                         {"minimax_m1", "minimax"},
                                         {"minimax_text_01", "minimax"},
                                         {"mobilellm", "llama"},
                                         {"openpangu_dense", "llama"},
                                         {"paddleocr_vl", "ernie4_5"},
                                         {"phi3_v", "phi3"},
                                         {"phi4_multimodal", "phi3"},
                                         {"phi4mm", "phi3"},
                                         {"qwen3_asr", "qwen3"},
                                         {"qwen3_omni_moe", "qwen3_moe"},
                                         {"qwen2_5_omni", "qwen2"},
                                         {"refinedweb", "falcon"},
                                         {"refinedwebmodel", "falcon"},
                                         {"smollm", "llama"},
                                         {"solar", "llama"},
                                         {"stablelm_epoch", "stablelm"},
                                         {"step3p7", "step3p5"},
                                         {"telechat2", "telechat"},
                                         {"telechat3", "telechat"},
                                         {"xverse", "llama"},
                                         {"yi", "llama"}};

struct Nesting {
  const char *outer, *model_type, *defaults;
};

/// Classes around a language model: what they take where its config states no model_type, or leaves fields out.
constexpr Nesting nestings[] = {
    {"aya_vision", "cohere2", nullptr},
    {"blip-2", "opt", nullptr},
    {"cohere2_vision", "cohere2", nullptr},
    {"deepseek_vl", "llama", nullptr},
    {"deepseek_vl_v2", "deepseek_v2", nullptr},
    {"fuyu", "persimmon", nullptr},
    {"glm4v_moe", "glm4v_moe", nullptr},
    {"got_ocr2", "qwen2", nullptr},
    {"granite_speech", "granite", nullptr},
    {"idefics2", "mistral", nullptr},
    {"idefics3", "llama", nullptr},
    {"instructblip", "opt", nullptr},
    {"internvl", "qwen2", nullptr},
    {"janus", "llama", nullptr},
    {"kimi_k25", "deepseek_v3", nullptr},
    {"kimi_k3", "kimi_linear", nullptr},
    {"kimi_vl", "deepseek_v3", nullptr},
    {"lfm2_vl", "lfm2", nullptr},
    {"llava", "llama", nullptr},
    {"llava_next", "llama", nullptr},
    {"llava_next_video", "llama", nullptr},
    {"llava_onevision", "qwen2", nullptr},
    {"minicpmv4_6", "qwen3_5", nullptr},
    {"mistral3", "mistral", nullptr},
    {"multi_modality", "llama", nullptr},
    {"ovis2", "qwen2", nullptr},
    {"paligemma", "gemma", nullptr},
    {"perception_lm", "llama", nullptr},
    {"qwen2_audio", "qwen2", nullptr},
    {"qwen2_5_omni_thinker", "qwen2", nullptr},
    {"smolvlm", "llama", nullptr},
    {"ultravox", "llama", nullptr},
    {"video_llava", "llama", nullptr},
    {"vipllava", "llama", nullptr},
    {"voxtral", "llama",
     "vocab_size 131072, hidden_size 3072, intermediate_size 8192, num_hidden_layers 30, num_key_value_heads 8, "
     "max_position_embeddings 131072, head_dim 128"},
};

/// Models that generate no tokens, or not as decoders do, by what they are.
constexpr Pair no_decoders[] = {
    {"albert bert bert-generation big_bird camembert convbert data2vec-text deberta deberta-v2 distilbert electra "
     "ernie "
     "ernie_m esm eurobert flaubert funnel gte ibert jina_bert layoutlm layoutlmv2 layoutlmv3 lilt longformer luke "
     "gemma_embedding jina_bert_v2 jina_bert_v3 llama_embed modern_bert neo_bert nomic_bert_moe t5encoder "
     "markuplm megatron-bert mobilebert modernbert mpnet neobert new nezha nomic_bert nystromformer rembert roberta "
     "roberta-prelayernorm roformer splinter squeezebert xlm xlm-roberta xlm-roberta-xl xlnet xmod yoso",
     "an encoder: it makes embeddings, it does not generate tokens"},
    {"bart bigbird_pegasus blenderbot blenderbot-small encoder-decoder florence2 fsmt led longt5 m2m_100 marian mbart "
     "mt5 "
     "mvp nllb-moe nougat pegasus pegasus_x pix2struct plbart prophetnet seamless_m4t seamless_m4t_v2 "
     "switch_transformers "
     "t5 t5gemma t5gemma2 udop umt5 vision-encoder-decoder",
     "an encoder with a decoder: only models that are a decoder alone are described"},
    {"hubert kyutai_speech_to_text moonshine parakeet_ctc parakeet_encoder sew speech_to_text unispeech wav2vec2 "
     "wav2vec2-bert wav2vec2-conformer wavlm whisper",
     "a recogniser of speech: it is no language model that answers prompts"},
    {"bark dac encodec mimi musicgen musicgen_melody pockettts qwen3tts speecht5 vits wavtokenizer_dec xcodec",
     "a model of sounds: it does not generate text"},
    {"beit bit convnext convnextv2 deit depth_anything detr dinov2 dinov2_with_registers dinov3_vit efficientnet "
     "grounding-dino hiera mask2former mobilenet_v2 mobilevit owlv2 owlvit pvt regnet resnet rt_detr rt_detr_v2 sam "
     "sam2 "
     "segformer siglip_vision_model clip_vision_model swin swinv2 timm_wrapper vit vit_mae yolos",
     "a model of images: it does not generate text"},
    {"align altclip blip chinese_clip clip clipseg colpali colqwen2 clap flava siglip siglip2",
     "an encoder of images or sounds and of texts: it compares them, it does not generate tokens"},
    {"dflash eagle3 gemma4_assistant", "a draft for another model: alone it generates nothing"},
    {"diffusion_gemma dream fast_dllm llada llada_moe sdar sdar_moe",
     "a diffusion model of text: it fills in whole blocks, not one token after the other"},
    {"dit flux hunyuan_dit pixart sana sd3 stable-diffusion unet", "a diffusion model of images: it generates no text"},
};

/// Letters and digits only, small: how class names and model types agree.
std::string plain(std::string_view name) {
  std::string out;
  for (const char c : lower(name))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
  return out;
}

bool ends(std::string_view text, std::string_view with) {
  return text.size() > with.size() && text.substr(text.size() - with.size()) == with;
}

/// The architecture's model_type without what nested configs append to it.
std::string_view stem(std::string_view type) {
  for (const std::string_view suffix : {"_text_model", "_text"})
    if (ends(type, suffix)) return type.substr(0, type.size() - suffix.size());
  return type;
}

template <class F>
void each_word(std::string_view words, const F& f) {
  for (std::size_t at = 0; at <= words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    f(words.substr(at, end - at));
    at = end + 1;
  }
}

const Nesting* find_nesting(std::string_view outer) {
  const auto it =
      std::find_if(std::begin(nestings), std::end(nestings), [&](const Nesting& n) { return outer == n.outer; });
  return it == std::end(nestings) ? nullptr : it;
}

/// Names of one and the same number, the usual one first.
constexpr const char* fields[][8] = {
    {"hidden_size", "n_embd", "n_embed", "d_model", "model_dim"},
    {"num_hidden_layers", "num_layers", "n_layer", "n_layers", "num_transformer_layers"},
    {"num_attention_heads", "n_head", "n_heads", "num_heads"},
    {"num_key_value_heads", "multi_query_group_num", "num_kv_heads", "num_attention_groups", "n_head_kv", "kv_n_heads"},
    {"head_dim", "kv_channels", "attention_head_dim"},
    {"intermediate_size", "ffn_hidden_size", "n_inner", "ffn_dim"},
    {"vocab_size", "padded_vocab_size"},
    {"max_position_embeddings", "seq_length", "model_max_length", "n_positions", "max_sequence_length", "max_seq_len",
     "max_context_length", "n_ctx"},
    {"num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts", "moe_num_primary_experts"},
    {"num_experts_per_tok", "experts_per_token", "top_k_experts", "moe_topk", "moe_k", "moe_top_k",
     "num_experts_per_token", "moe_num_active_primary_experts"},
    {"moe_intermediate_size", "expert_intermediate_size", "expert_ffn_hidden_size", "moe_ffn_hidden_size"},
    {"n_shared_experts", "num_shared_experts", "num_shared_expert", "moe_num_shared_experts"},
    {"first_k_dense_replace", "num_dense_layers", "moe_layer_start_index"},
    {"num_nextn_predict_layers", "num_mtp_layers", "mtp_num_hidden_layers", "mtp_num_layers"},
    {"sliding_window", "sliding_window_size"},
    {"tie_word_embeddings", "tie_embedding", "share_input_output_layers", "weight_tying"},
};

}  // namespace

const HfArchitecture* find_hf_architecture(std::string_view type) {
  const std::string name = lower(type);
  for (const std::string_view wanted : {std::string_view(name), stem(name)}) {
    std::string_view own = wanted;
    for (const Pair& a : architecture_aliases)
      if (wanted == a.name) own = a.meaning;
    for (const HfArchitecture& a : architectures)
      if (own == a.model_type) return &a;
  }
  return nullptr;
}

std::string model_type_of_class(std::string_view architecture) {
  for (const std::string_view suffix : {"ForCausalLM", "ForConditionalGeneration", "LMHeadModel", "Model"})
    if (ends(architecture, suffix)) {
      architecture.remove_suffix(suffix.size());
      break;
    }
  const std::string wanted = plain(architecture);
  for (const HfArchitecture& a : architectures)
    if (plain(a.model_type) == wanted) return a.model_type;
  for (const Pair& a : architecture_aliases)
    if (plain(a.name) == wanted) return a.name;
  return {};
}

std::string nested_model_type(std::string_view outer) {
  const Nesting* n = find_nesting(outer);
  return n ? n->model_type : std::string(outer);
}

const char* nested_defaults(std::string_view outer) {
  const Nesting* n = find_nesting(outer);
  return n ? n->defaults : nullptr;
}

std::string why_no_decoder(std::string_view model_type) {
  const std::string name = lower(model_type);
  std::string why;
  for (const Pair& kind : no_decoders)
    each_word(kind.name, [&](std::string_view word) {
      if (word == name) why = kind.meaning;
    });
  return why;
}

std::vector<std::string> nearest_architectures(std::string_view model_type) {
  std::vector<std::string> names;
  for (const HfArchitecture& a : architectures) names.emplace_back(a.model_type);
  for (const Pair& a : architecture_aliases) names.emplace_back(a.name);
  return nearest(lower(model_type), names);
}

std::vector<const char*> names_of_field(std::string_view field) {
  std::vector<const char*> names;
  for (const auto& row : fields) {
    for (const char* name : row)
      if (name) names.push_back(name);
    if (std::find(names.begin(), names.end(), field) != names.end()) return names;
    names.clear();
  }
  return names;
}

Json members(std::string_view text) {
  Json out = Json::object();
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find(", "));
    text.remove_prefix(std::min(text.size(), pair.size() + 2));
    const std::string key(pair.substr(0, pair.find(' '))), value(pair.substr(pair.find(' ') + 1));
    const char first = value.front();
    if (first == '-' || (first >= '0' && first <= '9'))
      out[key] = std::strtod(value.c_str(), nullptr);
    else if (value == "true" || value == "false")
      out[key] = value == "true";
    else
      out[key] = value;
  }
  return out;
}

}  // namespace edgewise::json
