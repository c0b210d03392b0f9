// What other calculators answer for the same question, from the formulas in their source. Each takes a case and
// returns tokens a second, or nothing where the project has no answer.
//
// A case: { bandwidth GB/s, flops, cores, processor: cpu|gpu|npu, backend: cuda|metal|rocm|vulkan|sycl|opencl|xpu|…,
// vendor, arm, apple, mobile, card, name, gib, params and active in billions, quant, gguf, weights B, embedding B,
// tied, kv B, hidden, layers, moe, config }.

const first = (table, quant) => table.find(([pattern]) => pattern.test(quant))?.[1];
const full = /^(F16|BF16|fp16|bf16)$/;

/** llmfit 1.1.10, llmfit-core: fit.rs estimate_tps, models.rs, hardware.rs. */
const llmfitGpus = /50[6-9]0|40[6-9]0|30[6-9]0|20[6-8]0|16[56]0|H[12]00|A100|L40|L4\b|A10G?\b|\bT4\b|V100|A[456]000|80[56]0S|Strix Halo|RX 9070|RX 7[6-9]00|RX 6950|RX 6[6-9]00|MI\d00|Apple M\d/;
const llmfit = {
  bytes: [[full, 2], [/^Q8_0$|^UD-Q8|^mlx-8bit$/, 1], [/^Q6_K$|^UD-Q6/, 0.75], [/^Q5_K_M$|^UD-Q5/, 0.625], [/^Q3_K_M$|^UD-Q3/, 0.375], [/^Q2_K$|^UD-Q2/, 0.25], [/./, 0.5]],
  stored: [[full, 2], [/^Q8_0$|^UD-Q8/, 1.05], [/^mlx-8bit$/, 1], [/^Q6_K$|^UD-Q6/, 0.8], [/^Q5_K_M$|^UD-Q5/, 0.68], [/^Q3_K_M$|^UD-Q3/, 0.48], [/^Q2_K$|^UD-Q2/, 0.37], [/^mlx-4bit$/, 0.55], [/^awq|^gptq/, 0.5], [/./, 0.58]],
  speed: [[full, 0.6], [/^Q8_0$|^UD-Q8/, 0.8], [/^mlx-8bit$/, 0.85], [/^Q6_K$|^UD-Q6/, 0.95], [/^Q5_K_M$|^UD-Q5/, 1], [/^(Q4_K_M|Q4_0|mlx-4bit)$|^UD-Q4/, 1.15], [/^awq|^gptq/, 1.2], [/^Q3_K_M$|^UD-Q3/, 1.25], [/^Q2_K$|^UD-Q2/, 1.35], [/./, 1]],
  constants: { cuda: 220, metal: 160, mlx: 250, rocm: 180, vulkan: 150, sycl: 100 },
  answer(c) {
    if (!c.gguf && !/^mlx-|^awq|^gptq/.test(c.quant) && !full.test(c.quant)) return undefined;
    const bonus = c.cores === undefined || c.cores >= 8 ? 1.1 : 1;
    if (c.processor === 'cpu') return ((c.arm ? 90 : 70) / c.active) * first(this.speed, c.quant) * bonus * 0.3;
    if (c.processor !== 'gpu' || c.mobile || !(c.backend in this.constants)) return undefined;
    if (!llmfitGpus.test(c.name)) return (this.constants[c.backend] / c.active) * first(this.speed, c.quant) * bonus;
    if (!c.moe) return (c.bandwidth / (c.params * first(this.bytes, c.quant))) * 0.55;
    // Experts read in their format; everything else counts 3.2 bytes a parameter. A full memory costs up to 70 %.
    const { config: m, moe } = c;
    const head = m.head_dim ?? m.hidden_size / m.num_attention_heads;
    const experts = (m.num_hidden_layers * moe.experts_per_token * 3 * m.hidden_size * moe.moe_intermediate_size) / 1e9;
    const rest = (m.num_hidden_layers * (2 * m.hidden_size * head * (m.num_attention_heads + m.num_key_value_heads) + 3 * m.hidden_size * (moe.shared_intermediate_size ?? 0) + moe.num_experts * m.hidden_size) + 2 * m.vocab_size * m.hidden_size) / 1e9;
    const use = (c.params * first(this.stored, c.quant)) / c.gib;
    const pressure = use < 0.6 || use > 1 ? 1 : Math.max(0.3, 1 - (use - 0.6) * (1 - moe.experts_per_token / moe.num_experts));
    return (c.bandwidth / (experts * first(this.stored, c.quant) + rest * 3.2)) * pressure;
  }
};

/** whichllm 0.5.14: engine/performance.py, engine/quantization.py. */
const whichllm = {
  efficiency: {
    F32: 0.3, F16: 0.4, BF16: 0.4, Q8_0: 0.45, Q6_K: 0.5, Q5_K_M: 0.52, Q5_K_S: 0.52, Q5_0: 0.5, Q4_K_M: 0.55, Q4_K_S: 0.55, Q4_0: 0.53, NVFP4: 0.56, MXFP4: 0.55,
    Q3_K_M: 0.5, Q3_K_S: 0.48, Q3_K_L: 0.5, Q2_K: 0.45, IQ4_XS: 0.52, IQ4_NL: 0.5, IQ3_S: 0.45, IQ3_M: 0.45, IQ3_XS: 0.45, IQ3_XXS: 0.42, IQ2_S: 0.4, IQ2_M: 0.4, IQ2_XXS: 0.38,
    Q2_0: 0.38, Q1_0: 0.32
  },
  backends: { nvidia: 1, amd: 0.78, apple: 0.82, intel: 0.65 },
  answer(c) {
    const plain = c.quant.replace(/^UD-/, '').replace(/_MOE$/, '').replace(/^mlx-/, '').toUpperCase();
    const stored = c.gguf ? c.weights : full.test(c.quant) ? c.params * 2e9 : /^awq|^gptq|^mlx-4bit/.test(c.quant) ? c.params * 0.5e9 : /^mlx-8bit|^w8a/.test(c.quant) ? c.params * 1e9
      : plain === 'MXFP4' ? c.params * 0.53125e9 : plain === 'NVFP4' ? c.params * 0.5625e9 : undefined;
    if (stored === undefined) return undefined;
    const efficiency = this.efficiency[plain] ?? 0.45;
    if (c.processor === 'cpu') return Math.max(0.3, ((18 / Math.max(c.active, 0.5)) * efficiency) / 0.45);
    if (c.processor !== 'gpu' || !(c.vendor in this.backends) || (c.mobile && !c.apple)) return undefined;
    const share = c.moe ? Math.min(1, Math.max(c.active / c.params, Math.min(0.25, 0.05 * Math.max(1, c.bandwidth / 256)))) : 1;
    return ((c.bandwidth * 1e9) / (stored * share)) * efficiency * this.backends[c.vendor];
  }
};

/** canirun.ai, August 2026: packages/compatibility and packages/models. It offers seven quantizations. */
const canirun = {
  bytes: { Q2_K: 0.3125, Q3_K_M: 0.4375, Q4_K_M: 0.5, Q5_K_M: 0.625, Q6_K: 0.75, Q8_0: 1, F16: 2, BF16: 2, fp16: 2, bf16: 2 },
  answer(c) {
    if (!(c.quant in this.bytes) || c.processor === 'npu') return undefined;
    const needed = Math.round(Math.max(((c.params * 1e9 * this.bytes[c.quant]) / 1024 ** 3) * 1.1 + 0.5, 0.5) * 10) / 10;
    const read = c.active < c.params ? Math.max(0.5, (needed * c.active) / c.params) : needed;
    return (c.bandwidth / read) * (c.mobile ? 0.4 : c.apple ? 0.65 : 0.7);
  }
};

/** gguf-parser-go 0.25.0, "MAX TPS": file_estimate__llamacpp.go, with the device's metrics and the row's context. */
const ggufParser = {
  answer(c) {
    if (!c.gguf || !c.flops || c.processor === 'npu') return undefined;
    const steps = 2048 / 512;
    // On a GPU the input table stays with the host; on a CPU a tied table counts twice.
    const weights = c.processor === 'gpu' ? c.weights - (c.tied ? 0 : c.embedding) : c.weights + (c.tied ? c.embedding : 0);
    const ends = (c.config.vocab_size * c.hidden) * (c.processor === 'gpu' ? 1 : 2);
    const inside = c.params * 1e9 - c.config.vocab_size * c.hidden * (c.tied ? 1 : 2);
    const step = Math.max((2 * inside * steps + ends) / c.flops, weights / (c.bandwidth * 1e9)) + Math.max((c.kv * steps) / c.flops, (c.kv * steps) / (c.bandwidth * 1e9)) + (c.hidden * 512 * 4) / (c.bandwidth * 1e9);
    return 1 / ((step * (c.layers + 1)) / (c.layers + 2));
  }
};

/** The rule of thumb: the datasheet's bandwidth over the file, of experts the share that one token uses. */
const bandwidth = (c) => (c.bandwidth * 1e9) / (c.weights * Math.min(1, c.active / c.params));

export const peers = [
  { id: 'llmfit', name: 'llmfit 1.1.10', url: 'https://github.com/AlexsJones/llmfit', answer: (c) => llmfit.answer(c) },
  { id: 'whichllm', name: 'whichllm 0.5.14', url: 'https://github.com/Andyyyy64/whichllm', answer: (c) => whichllm.answer(c) },
  { id: 'canirun', name: 'canirun.ai, August 2026', url: 'https://github.com/midudev/canirun.ai', answer: (c) => canirun.answer(c) },
  { id: 'gguf-parser', name: 'gguf-parser-go 0.25.0, “MAX TPS”', url: 'https://github.com/gpustack/gguf-parser-go', answer: (c) => ggufParser.answer(c) },
  { id: 'bandwidth', name: 'Bandwidth ÷ file size', url: '', answer: bandwidth }
];
