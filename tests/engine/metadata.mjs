// The metadata that llama.cpp's converter writes of a model preset: all that llama.cpp sizes its weights, caches and graphs by.
// Scales, bases and tokenizers change no size, and are left out or any.

/** llama.cpp's name of an architecture, by the preset's family; a function where a family has several. */
const architectures = {
  apertus: 'apertus', baichuan: 'baichuan', bitnet: 'bitnet', chatglm: 'chatglm', cohere: 'command-r', cohere2: 'cohere2', deepseek: 'deepseek', deepseek_v2: 'deepseek2',
  'deepseek-distill': ({ id }) => (id.includes('llama') ? 'llama' : 'qwen2'), deepseek_ocr: 'deepseek2-ocr',
  deepseek_v3: ({ id, config }) => (config.mla.index_n_heads ? (id.startsWith('glm') ? 'glm-dsa' : 'deepseek32') : 'deepseek2'), deepseek_v4: 'deepseek4', ernie4_5: 'ernie4_5',
  ernie4_5_moe: 'ernie4_5-moe', exaone4: 'exaone4', falcon3: 'llama', falcon_h1: 'falcon-h1', gemma: 'gemma', gemma2: 'gemma2', gemma3: 'gemma3', gemma3n: 'gemma3n', gemma4: 'gemma4',
  glm4: 'glm4', glm4_moe: 'glm4moe', glm4_moe_lite: 'deepseek2', glm4v: 'glm4', gpt_oss: 'gpt-oss', granite: 'granite',
  granitemoehybrid: ({ config }) => (config.mamba ? 'granitehybrid' : 'granite'), hunyuan_v1_dense: 'hunyuan-dense', internlm2: 'internlm2', internlm3: 'llama',
  internvl: ({ id }) => (id === 'internvl2-2b' ? 'internlm2' : 'qwen2'), jais: 'jais', jamba: 'jamba', kimi_k2: 'deepseek2', kimi_linear: 'kimi-linear', lfm2: 'lfm2', lfm2_moe: 'lfm2moe', llama: 'llama',
  llama4: 'llama4', llava: 'llama', mamba: 'mamba', mimo: 'qwen2', mimo_v2_flash: 'mimo2', minicpm: 'minicpm', minicpm3: 'minicpm3', minicpmv: ({ config }) => (config.linear_attention ? 'qwen35' : 'qwen2'),
  minimax_m2: 'minimax-m2', ministral3: 'mistral3', mistral: 'llama', mistral3: 'mistral3', mistral4: 'mistral4', mixtral: 'llama', mobilellm: 'llama', 'nemotron-nas': 'deci',
  nemotron_h: ({ config }) => (config.moe ? 'nemotron_h_moe' : 'nemotron_h'), olmo2: 'olmo2', olmo3: 'olmo2', olmoe: 'olmoe', orion: 'orion', phi: 'phi2', phi3: 'phi3', phimoe: 'phimoe', qwen: 'qwen',
  qwen2: 'qwen2', qwen2_5_vl: 'qwen2vl', qwen2_moe: 'qwen2moe', qwen2_vl: 'qwen2vl', qwen3: 'qwen3', qwen3_5: 'qwen35', qwen3_5_moe: 'qwen35moe', qwen3_moe: 'qwen3moe', qwen3_next: 'qwen3next',
  qwen3_vl: 'qwen3vl', qwen3_vl_moe: 'qwen3vlmoe', rwkv7: 'rwkv7', seed_oss: 'seed_oss', smallthinker: 'smallthinker', smollm3: 'smollm3', smolvlm: 'llama', stablelm: 'stablelm',
  starcoder2: 'starcoder2',
};

export function architecture_of(preset) {
  const known = architectures[preset.family];
  return typeof known === 'function' ? known(preset) : known;
}

const mixers = { M: 'mamba', '*': 'full_attention', '-': 'none', E: 'none' };
const ffs = { M: 'none', '*': 'none', '-': 'dense', E: 'sparse' };
/** What each layer is: its mixer and its feed-forward. */
function layers_of(c) {
  const types = c.layer_types ?? ['full_attention'];
  return Array.from({ length: c.num_hidden_layers }, (_, i) => {
    const sign = c.hybrid_pattern?.[i];
    const mixer = sign ? mixers[sign] : types[i % types.length];
    const sparse = c.moe && i >= (c.moe.first_k_dense ?? 0);
    const ff = sign ? ffs[sign] : c.mlp_layer_types ? c.mlp_layer_types[i % c.mlp_layer_types.length] : sparse ? 'sparse' : 'dense';
    return { mixer, ff };
  });
}

/** Pairs {key, type, value} of a GGUF header. */
export function metadata_of(preset) {
  const c = preset.config, arch = architecture_of(preset), layers = layers_of(c), out = [];
  const put = (key, type, value) => value !== undefined && out.push({ key: key.includes('.') && /^(general|tokenizer)/.test(key) ? key : `${arch}.${key}`, type, value });
  const number = (key, value) => put(key, 'u32', value);
  const real = (key, value) => put(key, 'f32', value);
  const rows = (key, values) => (new Set(values).size === 1 ? number(key, values[0]) : put(key, 'array', { type: 'u32', values }));
  put('general.architecture', 'string', arch);
  put('general.name', 'string', preset.id);
  put('tokenizer.ggml.model', 'string', 'no_vocab');
  number('vocab_size', c.vocab_size);
  number('context_length', c.max_position_embeddings ?? 4096);
  number('embedding_length', c.hidden_size);
  number('block_count', c.num_hidden_layers);
  real('attention.layer_norm_rms_epsilon', 1e-5);
  real('attention.layer_norm_epsilon', 1e-5);

  // Heads of each layer, none where it does not attend: that is how hybrid models are told apart.
  const attends = ({ mixer }) => /attention|hybrid/.test(mixer) && mixer !== 'linear_attention';
  const by_heads = ['jamba', 'granitehybrid', 'nemotron_h', 'nemotron_h_moe', 'lfm2', 'lfm2moe', 'kimi-linear', 'deci'].includes(arch);
  const latent = c.mla && !c.mla.expanded;
  const kv_heads = (layer, i) => (c.num_key_value_heads_per_layer ? c.num_key_value_heads_per_layer[i] : latent ? 1 : layer.mixer === 'full_attention' && c.num_global_key_value_heads ? c.num_global_key_value_heads : c.num_key_value_heads);
  if (c.rwkv) number('attention.head_count', 0);
  else if (arch === 'mamba') number('attention.head_count', 0);
  else {
    // A layer that only multiplies (DeciLM's linear attention) is not in any preset: without keys it has no heads either.
    rows('attention.head_count', layers.map((l) => (arch === 'deci' && !attends(l) ? 0 : c.num_attention_heads)));
    rows('attention.head_count_kv', layers.map((l, i) => (by_heads && !attends(l) ? 0 : kv_heads(l, i))));
  }
  rows('feed_forward_length', layers.map(({ ff }, i) => {
    if (arch === 'nemotron_h' || arch === 'nemotron_h_moe') return ff === 'none' ? 0 : ff === 'sparse' ? c.moe.moe_intermediate_size : c.intermediate_size;
    const wide = c.use_double_wide_mlp && i >= c.num_hidden_layers - c.num_kv_shared_layers ? 2 : 1;
    // Qwen's own config counts both halves of the gate.
    return wide * (arch === 'qwen' ? 2 : 1) * (c.intermediate_size_per_layer?.[i] ?? (c.intermediate_size || 0));
  }));

  const dim = c.head_dim, rotated = (width) => Math.round(width * (c.rope?.partial_rotary_factor ?? 1));
  if (latent) {
    const { kv_lora_rank, qk_nope_head_dim, qk_rope_head_dim, v_head_dim } = c.mla;
    number('attention.key_length', kv_lora_rank + qk_rope_head_dim);
    number('attention.value_length', kv_lora_rank);
    number('attention.key_length_mla', qk_nope_head_dim + qk_rope_head_dim);
    number('attention.value_length_mla', v_head_dim);
  } else if (c.mla) {
    number('attention.key_length', c.mla.qk_nope_head_dim + c.mla.qk_rope_head_dim);
    number('attention.value_length', c.mla.v_head_dim);
  } else if (!c.rwkv && arch !== 'mamba') {
    number('attention.key_length', c.global_head_dim ?? dim);
    number('attention.value_length', c.global_head_dim ?? c.v_head_dim ?? dim);
    number('rope.dimension_count', arch === 'deepseek4' ? 64 : rotated(c.global_head_dim ?? dim));
    if (arch === 'gemma4') {
      number('attention.key_length_swa', dim);
      number('attention.value_length_swa', dim);
      number('rope.dimension_count_swa', dim);
    }
  }
  if (c.mla) {
    number('attention.q_lora_rank', c.mla.q_lora_rank);
    number('attention.kv_lora_rank', c.mla.kv_lora_rank);
    number('rope.dimension_count', c.mla.qk_rope_head_dim);
    if (c.mla.index_n_heads) {
      number('attention.indexer.head_count', c.mla.index_n_heads);
      number('attention.indexer.key_length', c.mla.index_head_dim);
      number('attention.indexer.top_k', 2048);
    }
  }
  const slides = layers.some((l) => l.mixer === 'sliding_attention');
  if (slides && arch !== 'phi3') {
    number('attention.sliding_window', c.sliding_window);
    if (!c.compressed_attention) put('attention.sliding_window_pattern', 'array', { type: 'u32', values: layers.map((l) => Number(l.mixer === 'sliding_attention')) });
  }
  if (arch === 'llama4' && !slides) number('attention.sliding_window', 0);
  if (['qwen2vl', 'qwen3vl', 'qwen3vlmoe', 'qwen35', 'qwen35moe'].includes(arch)) put('rope.dimension_sections', 'array', { type: 'i32', values: [16, 24, 24, 0] });
  if (['granite', 'cohere2', 'command-r', 'granitehybrid'].includes(arch)) real('logit_scale', 1);
  if (c.final_logit_softcap) real('final_logit_softcapping', c.final_logit_softcap);
  if (c.attn_logit_softcap) real('attn_logit_softcapping', c.attn_logit_softcap);
  if (arch === 'apertus') for (const key of ['xielu.alpha_n', 'xielu.alpha_p', 'xielu.beta', 'xielu.eps']) out.push({ key, type: 'array', value: { type: 'f32', values: layers.map(() => 1) } });
  if (arch === 'jais') real('attention.max_alibi_bias', 8);

  if (c.moe) {
    const e = c.moe, shared = e.shared_intermediate_size ?? 0;
    number('expert_count', e.num_experts);
    number('expert_used_count', e.experts_per_token);
    if (arch !== 'llama' && arch !== 'phimoe' && arch !== 'granite' && arch !== 'granitehybrid') number('expert_feed_forward_length', e.moe_intermediate_size);
    else out.find(({ key }) => key === `${arch}.feed_forward_length`).value = e.moe_intermediate_size;
    number('expert_shared_feed_forward_length', shared);
    number('expert_shared_count', shared / e.moe_intermediate_size);
    number('leading_dense_block_count', e.first_k_dense ?? 0);
    number('expert_gating_func', arch === 'deepseek4' ? 4 : e.router?.startsWith('sigmoid') || e.router_bias ? 2 : 1);
    real('expert_weights_scale', 1);
    put('expert_weights_norm', 'bool', 1);
    number('interleave_moe_layer_step', c.mlp_layer_types ? 2 : 1);
    if (e.latent_size) number('moe_latent_size', e.latent_size);
  }
  if (c.mamba) {
    const m = c.mamba;
    number('ssm.conv_kernel', m.conv_kernel);
    number('ssm.state_size', m.state_size);
    number('ssm.inner_size', m.num_heads * m.head_dim);
    number('ssm.time_step_rank', m.dt_rank ?? m.num_heads);
    number('ssm.group_count', m.dt_rank ? 0 : m.n_groups);
    if (arch === 'mamba') put('ssm.dt_b_c_rms', 'bool', 1);
  }
  if (c.linear_attention) {
    const a = c.linear_attention;
    number('ssm.conv_kernel', a.conv_kernel);
    if (a.type === 'kimi_delta_attention') number('kda.head_dim', a.key_head_dim);
    else {
      number('ssm.state_size', a.key_head_dim);
      number('ssm.group_count', a.num_key_heads);
      number('ssm.time_step_rank', a.num_value_heads);
      number('ssm.inner_size', a.value_head_dim * a.num_value_heads);
      put('attention.recurrent_layers', 'array', { type: 'u32', values: layers.map((l) => Number(l.mixer === 'linear_attention')) });
    }
  }
  if (c.shortconv) number('shortconv.l_cache', c.shortconv.kernel);
  if (c.rwkv) {
    number('wkv.head_size', c.head_dim);
    number('attention.decay_lora_rank', c.rwkv.decay_rank);
    number('attention.iclr_lora_rank', c.rwkv.a_rank);
    number('attention.value_residual_mix_lora_rank', c.rwkv.v_rank);
    number('attention.gate_lora_rank', c.rwkv.gate_rank);
  }
  if (arch === 'gemma4') {
    number('attention.shared_kv_layers', c.num_kv_shared_layers ?? 0);
    number('embedding_length_per_layer_input', c.per_layer_embedding?.dim ?? 0);
  }
  if (c.compressed_attention) {
    const a = c.compressed_attention;
    number('attention.sliding_window', c.sliding_window);
    number('attention.q_lora_rank', a.q_lora_rank);
    number('attention.output_group_count', a.o_groups);
    number('attention.output_lora_rank', a.o_lora_rank);
    number('attention.indexer.head_count', a.index_n_heads);
    number('attention.indexer.key_length', a.index_head_dim);
    number('attention.indexer.top_k', 512);
    put('attention.compress_ratios', 'array', { type: 'u32', values: c.compress_ratios });
    real('attention.compress_rope_freq_base', 160000);
    number('hyper_connection.count', c.residual_streams);
    number('hyper_connection.sinkhorn_iterations', 20);
    real('hyper_connection.epsilon', 1e-6);
    number('hash_layer_count', 0);
    real('swiglu_clamp_exp', 10);
  }
  return out.filter(({ key }, i) => out.findLastIndex((p) => p.key === key) === i);
}

/** Tensors that llama.cpp takes where a file has them and this model's files do not: ends of names. */
export function absent_of({ config: c }) {
  const none = (holds, ...names) => (holds ? [] : names);
  const biased = (...names) => names.map((name) => `${name}.bias`);
  return [
    '.scale', '.input_scale', 'rope_freqs.weight', 'rope_factors_long.weight', 'rope_factors_short.weight', 'cls.weight', 'cls.bias', 'cls.output.weight', 'cls.output.bias', 'cls.norm.weight',
    ...none(!c.tie_word_embeddings, '\noutput.weight'),
    ...none(c.lm_head_bias, '\noutput.bias'),
    ...none(c.attention_bias, ...biased('attn_q', 'attn_k', 'attn_v', 'attn_qkv')),
    ...none(c.attention_out_bias, ...biased('attn_output')),
    ...none(c.mlp_bias, ...biased('ffn_gate', 'ffn_up', 'ffn_down')),
    ...none(c.moe?.expert_bias, ...biased('ffn_gate_exps', 'ffn_up_exps', 'ffn_down_exps')),
    ...none(c.moe?.router_bias && c.moe.expert_bias, ...biased('ffn_gate_inp')),
    ...none(c.moe?.router_bias && !c.moe.expert_bias, ...biased('exp_probs_b')),
    ...none(c.norm_type === 'layernorm', ...biased('attn_norm', 'ffn_norm', 'output_norm', 'attn_norm_2', 'token_embd_norm', 'attn_q_norm', 'attn_k_norm')),
    ...none(c.qk_norm, 'attn_q_norm.weight', 'attn_k_norm.weight'),
    ...none(c.attn_sinks, 'attn_sinks.weight'),
    ...none(c.gated_mlp, 'ffn_gate.weight', 'ffn_gate_exps.weight', 'ffn_gate_shexp.weight'),
    ...none(c.moe?.shared_intermediate_size, 'ffn_gate_shexp.weight', 'ffn_up_shexp.weight', 'ffn_down_shexp.weight'),
    ...none(c.moe?.shared_gate, 'ffn_gate_inp_shexp.weight'),
  ];
}
