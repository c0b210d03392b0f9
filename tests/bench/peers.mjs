// What others compute for tokens a second of decoding, as they publish it, from a model and a device of `presets/`.

/** canirun.ai (github.com/midudev/canirun.ai, packages/compatibility/src/index.ts) for a card: a share of its bandwidth
 * over the memory that it takes. Neither context nor quantization beyond bits of a weight count. */
export function canirun(parameters, device, w_bit = 4) {
  const vram_gb = (parameters / 1e9) * (w_bit / 8) * 1.1 + 0.5;
  return Math.round((device.memory.peak_bandwidth_gb_s / vram_gb) * 0.7);
}

/** LLM-Viewer (github.com/hahnyuan/LLM-Viewer, model_analyzer.py and roofline_model.py), without its FlashAttention:
 * each operation of a layer at the lower of the peak and of its intensity times the bandwidth, one after the other. */
export function llmViewer(config, device, context, w_bit = 4) {
  const bandwidth = device.memory.peak_bandwidth_gb_s * 1e9;
  const peak = device.gpu.matrix.fp16_tflops * 1e12;
  const byte = 2; // of an activation, and of keys and values
  let seconds = 0;
  const op = (operations, weights, values) => {
    const bytes = weights + values * byte;
    seconds += operations / Math.min((operations / bytes) * bandwidth, peak);
  };
  const { hidden_size: h, intermediate_size: f, num_hidden_layers: layers, num_attention_heads: heads, num_key_value_heads: kv, vocab_size: v } = config;
  const head = config.head_dim ?? h / heads;
  const linear = (input, output) => op(2 * input * output, (input * output * w_bit) / 8, input + output);
  for (let layer = 0; layer < layers; ++layer) {
    for (const [input, output] of [[h, heads * head], [h, kv * head], [h, kv * head], [heads * head, h], [h, f], [h, f], [f, h]]) linear(input, output);
    // Twice each: scores and values, the norm and the sum before and after the MLP.
    for (let i = 0; i < 2; ++i) {
      op(2 * context * head * heads, 0, head * heads + context * head * kv + context * heads);
      op(7 * h, 0, 2 * h);
      op(h, 0, 2 * h);
    }
    op(5 * context * heads, 0, 2 * context * heads); // softmax
    op(2 * h, 0, 3 * h); // activation
  }
  op(h * v, (v * h * w_bit) / 8, h + v); // its head counts one operation a weight
  return 1 / seconds;
}
