// For each rule of rules.mjs: arguments that it passes and arguments that it refuses.
const schemaPass = () => true;
const schemaFail = Object.assign(() => false, { errors: [{ instancePath: "/config", message: "must NOT have additional properties", params: { additionalProperty: "colour" } }] });
const node = { properties: { id: {}, sizes: {} } };

const kinds = { oneOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/b" }], $defs: { a: { properties: { type: { const: "a" } } }, b: { properties: { type: { const: "b" } } } } };

const model = (config, more = {}) => ({
  config: { num_hidden_layers: 4, num_attention_heads: 8, num_key_value_heads: 2, ...config },
  parameters: {},
  ...more,
});
const device = (more) => ({ memory: { bus_width_bits: 64, data_rate_mts: 4000, peak_bandwidth_gb_s: 32 }, power: {}, confidence: {}, ...more });
const measured = (x) => device({ memory: { peak_bandwidth_gb_s: 32, measured: [{ agent: "cpu", ...x }] } });
const row = (more) => ({
  id: "m1", source: "a blog", url: "https://example.org", trust: "A", device: "board", power_mode: "", runtime: "runner", model: "tiny",
  batch: "1", threads: "", prompt: "512", generate: "0", depth: "0", metric: "prefill_tok_s", value: "99.5", unit: "tok/s", note: "", exclude: "", ...more,
});
const presets = {
  devices: new Map([["board", { power: { modes: [{ id: "15w" }] } }]]),
  models: new Map([["tiny", {}]]),
  runtimes: new Map([["runner", {}]]),
};
// A folder of presets for runtimes, recipes and calibrations, and files that it is all right with.
const catalog = {
  devices: new Map([["board", { power: { modes: [{ id: "15w" }] } }], ["board-8gb", {}]]),
  runtimes: new Map([["runner", { family: "runner" }]]),
  quantizations: new Map([
    ["formats", { formats: [{ id: "F16" }, { id: "Q4_0" }] }],
    ["gguf", { family: "gguf", recipes: [{ id: "Q4_K_M" }, { id: "Q8_0" }] }],
    ["awq", { family: "awq", recipes: [{ id: "awq-int4" }] }],
  ]),
};
const calibrations = (more) => ({ type: "calibrations", id: "runner", runtime: "runner", defaults: {}, classes: [], devices: [], ...more });
const fitted = (parameters) => calibrations({ devices: [{ devices: ["board"], parameters }] });
const boards = (...devices) => calibrations({ devices });
const recipe = (more) => ({ recipes: [{ id: "Q4_K_M", linear: "Q4_0", ...more }] });
const interval = (more) => ({ intervals: [{ metric: "decode", situation: "related", low: 0.8, high: 1.2, ...more }] });
const score = (more) => ({ id: "q1", model: "tiny", quant: "Q4_K_M", benchmark: "MMLU", metric: "acc", value: "63.2", stderr: "", source_url: "https://example.org", ...more });
const cpu = (more) => ({ clusters: [{ cores: 4, clock_ghz: 2.4 }], threads: 4, ...more });

export const fixtures = {
  duplicateKeys: {
    pass: [['{"a": {"id": 1}, "b": {"id": "a\\"b"}, "c": ["a", "a"]}']],
    fail: [['{"a": 1,\n "b": {"c": 1, "c": 2}}'], ['{"a": [{"x": 1, "x": 1}]}'], ['{"a": 1, "\\u0061": 2}']],
  },
  fileName: { pass: [["tiny-1b.json", { id: "tiny-1b" }]], fail: [["Tiny-1B.json", { id: "tiny-1b" }]] },
  schema: { pass: [[{}, schemaPass]], fail: [[{}, schemaFail]] },
  formatting: {
    pass: [['{\n  "id": "a",\n  "sizes": [1, 2]\n}\n', { id: "a", sizes: [1, 2] }, node]],
    fail: [
      ['{\n  "id": "a",\n  "sizes": [1, 2]\n}', { id: "a", sizes: [1, 2] }, node],
      ['{\n  "sizes": [1, 2],\n  "id": "a"\n}\n', { sizes: [1, 2], id: "a" }, node],
      ['{\n  "id": "a",\n  "sizes": [\n    1\n  ]\n}\n', { id: "a", sizes: [1] }, node],
    ],
  },
  uniqueNames: {
    pass: [[[["a.json", { id: "a", aliases: ["A"] }], ["b.json", { id: "b" }]]]],
    fail: [[[["a.json", { id: "a", aliases: ["A"] }], ["b.json", { id: "b", aliases: ["A"] }]]], [[["a.json", { id: "a" }], ["b.json", { id: "b", aliases: ["a"] }]]]],
  },
  knownType: {
    pass: [[{ type: "a" }, kinds], [{ type: "c" }, { properties: { type: { const: "a" } } }]],
    fail: [[{ type: "c" }, kinds], [{}, kinds]],
  },
  headsDivide: {
    pass: [[model({})], [model({ num_global_key_value_heads: 4 })]],
    fail: [[model({ num_key_value_heads: 3 })], [model({ num_global_key_value_heads: 3 })]],
  },
  layerCount: {
    pass: [[model({ layer_types: ["sliding_attention", "full_attention"] })], [model({ hybrid_pattern: "M-M*" })]],
    fail: [[model({ layer_types: Array(5).fill("full_attention") })], [model({ hybrid_pattern: "M-M" })]],
  },
  layerDimensions: {
    pass: [[model({ layer_types: ["conv"], shortconv: { kernel: 3 } })], [model({ layer_types: ["sliding_attention"], sliding_window: 512 })]],
    fail: [[model({ layer_types: ["conv"] })], [model({ layer_types: ["sliding_attention"] })], [model({ mamba: {} })], [model({ hybrid_pattern: "EE**" })]],
  },
  expertCount: {
    pass: [[model({})], [model({ moe: { num_experts: 8, experts_per_token: 8 } })]],
    fail: [[model({ moe: { num_experts: 8, experts_per_token: 9 } })], [model({ moe: { num_experts: 8, experts_per_token: 2, first_k_dense: 5 } })]],
  },
  countsAgree: {
    pass: [[model({}, { parameters: { counted_text: 10, counted_total: 12, decode_read: 9 }, counted_detail: { text: 10, vision: 1, projector: 1, audio: 0, total: 12, decode_read: 9 } })]],
    fail: [
      [model({}, { parameters: { counted_text: 10, counted_total: 12, decode_read: 11 } })],
      [model({}, { parameters: { counted_text: 13, counted_total: 12, decode_read: 9 } })],
      [model({}, { parameters: { counted_text: 10, counted_total: 12, decode_read: 9 }, counted_detail: { text: 10, vision: 1, projector: 0, audio: 0, total: 12, decode_read: 9 } })],
      [model({}, { parameters: { counted_text: 10, counted_total: 12, decode_read: 9 }, counted_detail: { text: 10, vision: 2, projector: 0, audio: 0, total: 12, decode_read: 8 } })],
    ],
  },
  publishedNear: {
    pass: [
      [model({}, { parameters: { published: 1e9, scope: "text", counted_text: 1.01e9, counted_total: 2e9 } })],
      [model({}, { parameters: { published: 1e9, scope: "text", counted_text: 1.1e9 }, note: "the published count leaves out the embedding" })],
    ],
    fail: [[model({}, { parameters: { published: 1e9, scope: "text", counted_text: 1.1e9 } })], [model({}, { parameters: { published: 1e9, scope: "total", counted_text: 1e9, counted_total: 1.1e9 } })]],
  },
  publishedHasSource: {
    pass: [[model({})], [model({}, { parameters: { published: 1e9, scope: "text", source: "model card" } })]],
    fail: [[model({}, { parameters: { published: 1e9, scope: "text" } })], [model({}, { parameters: { published: 1e9, source: "model card" } })]],
  },
  peakBandwidth: {
    pass: [[device({})], [device({ memory: { peak_bandwidth_gb_s: 32 } })]],
    fail: [[device({ memory: { bus_width_bits: 64, data_rate_mts: 4000, peak_bandwidth_gb_s: 64 } })]],
  },
  measuredBandwidth: {
    pass: [[measured({ bandwidth_gb_s: 32.5 })], [measured({ bandwidth_gb_s: 40, proxy_device: "the bigger board" })], [measured({ bandwidth_gb_s: 40, agent: "host-link" })]],
    fail: [[measured({ bandwidth_gb_s: 33 })]],
  },
  idleBelowLoad: {
    pass: [[device({ power: { idle_w: 3, load_w: 3 } })], [device({ power: { idle_w: 3 } })], [device({ power: undefined })]],
    fail: [[device({ power: { idle_w: 5, load_w: 3 } })]],
  },
  powerModes: {
    pass: [[device({ cpu: cpu(), power: { modes: [{ id: "15w", memory_bandwidth_gb_s: 32, cpu_cores_online: 4 }, { id: "7w", memory_bandwidth_gb_s: 16 }] } })]],
    fail: [
      [device({ power: { modes: [{ id: "15w" }, { id: "15w" }] } })],
      [device({ power: { modes: [{ id: "15w", memory_bandwidth_gb_s: 33 }] } })],
      [device({ cpu: cpu(), power: { modes: [{ id: "15w", cpu_cores_online: 6 }] } })],
    ],
  },
  processors: {
    pass: [[device({ cpu: cpu() })], [device({ gpu: { clock_mhz: 900 } })], [device({ npu: {} })]],
    fail: [[device({})], [device({ cpu: cpu({ threads: 2 }) })], [device({ cpu: cpu({ clusters: [{ cores: 4, clock_ghz: 2400 }] }) })], [device({ gpu: { clock_mhz: 1.8 } })]],
  },
  cudaRate: {
    pass: [[device({ gpu: { unit_kind: "CUDA cores", units: 1024, clock_mhz: 1000, fp32_tflops: 2.05 } })], [device({ gpu: { unit_kind: "shader cores", units: 4, clock_mhz: 1000, fp32_tflops: 0.5 } })]],
    fail: [[device({ gpu: { unit_kind: "CUDA cores", units: 1024, clock_mhz: 1000, fp32_tflops: 4.1 } })]],
  },
  unsureFlag: {
    pass: [[device({ confidence: { memory: "read", gpu: "derived" } })], [device({ unsure: true, confidence: { memory: "assumed", gpu: "read" } })]],
    fail: [[device({ confidence: { memory: "read", gpu: "assumed" } })], [device({ unsure: true, confidence: { memory: "read", cpu: "read" } })]],
  },
  runsQuantizations: {
    pass: [
      [{ default_quantization: "Q4_K_M", quantizations: ["gguf"] }, catalog],
      [{ default_quantization: "Q8_0", quantizations: ["awq", "Q8_0"] }, catalog],
      [{ default_quantization: "Q9", quantizations: ["gguf"] }, { quantizations: undefined }],
    ],
    fail: [
      [{ default_quantization: "Q9", quantizations: ["gguf"] }, catalog],
      [{ default_quantization: "awq-int4", quantizations: ["gguf"] }, catalog],
      [{ default_quantization: "Q8_0", quantizations: ["Q4_K_M"] }, catalog],
      [{ default_quantization: "Q8_0", quantizations: ["gguf", "gptq"] }, catalog],
    ],
  },
  knownFormats: {
    pass: [
      [{ default_kv_format: "F16" }, catalog],
      [{ formats: [{ id: "F16" }, { id: "Q4_0", fallback: "F16" }] }, catalog],
      [recipe({ output: "F16", rules: [{ tensors: ["attn_v"], format: "F16" }] }), catalog],
      [fitted({ decode_cost: { Q4_0: 4 }, prefill_efficiency: { F16: 1 } }), catalog],
      [recipe({ linear: "Q9" }), { quantizations: undefined }],
    ],
    fail: [
      [{ default_kv_format: "f16" }, catalog],
      [{ defaults: { decode_cost: { Q9: 4 } } }, catalog],
      [{ formats: [{ id: "Q4_0", fallback: "Q9" }] }, catalog],
      [{ formats: [{ id: "F16" }, { id: "F16" }] }, catalog],
      [recipe({ linear: "Q9" }), catalog],
      [recipe({ tower: "Q9" }), catalog],
      [recipe({ rules: [{ tensors: ["attn_v"], format: "Q9" }] }), catalog],
      [calibrations({ defaults: { decode_cost: { Q9: 4 } } }), catalog],
      [calibrations({ classes: [{ processor_class: "arm-neon", parameters: { prefill_efficiency: { Q9: 1 } } }] }), catalog],
      [fitted({ decode_cost: { Q9: 4 } }), catalog],
      [{ calibrations: [{ runtime: "runner", parameters: { decode_cost: { Q9: 4 } } }] }, catalog],
    ],
  },
  formatSize: {
    pass: [[{ formats: [{ id: "Q4_0", block_weights: 32, block_bytes: 18 }, { id: "F32", block_weights: 1, block_bytes: 4 }] }], [{}]],
    fail: [[{ formats: [{ id: "Q4_0", block_weights: 32, block_bytes: 3.9 }] }], [{ formats: [{ id: "F64", block_weights: 1, block_bytes: 8 }] }]],
  },
  recipeRules: {
    pass: [
      [recipe({})],
      [recipe({ rules: [{ tensors: ["attn_v"], format: "F16" }, { tensors: ["ffn_down"], layers: "first", layer_argument: 2, min_gqa: 4, max_gqa: 8, format: "F16" }] })],
      [recipe({ rules: [{ tensors: ["ffn_down"], layers: "use_more_bits", min_experts: 4, experts: 8, format: "F16" }] })],
    ],
    fail: [
      [recipe({ rules: [{ tensors: [], format: "F16" }] })],
      [recipe({ rules: [{ tensors: ["ffn_down"], layers: "first_fraction", format: "F16" }] })],
      [recipe({ rules: [{ tensors: ["ffn_down"], layers: "use_more_bits", layer_argument: 8, format: "F16" }] })],
      [recipe({ rules: [{ tensors: ["attn_v"], min_gqa: 4, max_gqa: 4, format: "F16" }] })],
      [recipe({ rules: [{ tensors: ["attn_v"], min_experts: 9, experts: 8, format: "F16" }] })],
    ],
  },
  recipeSources: {
    pass: [[{ ...recipe({}), sources: ["a paper"] }], [recipe({ source: "a paper" })], [{}]],
    fail: [[recipe({})], [{ ...recipe({}), sources: [] }], [{ recipes: [{ id: "a", source: "a paper" }, { id: "b" }] }]],
  },
  uniqueRecipes: {
    pass: [[[["formats.json", {}], ["a.json", { recipes: [{ id: "Q4" }, { id: "Q8" }] }], ["b.json", { recipes: [{ id: "q4" }] }]]]],
    fail: [[[["a.json", { recipes: [{ id: "Q4" }, { id: "Q4" }] }]]], [[["a.json", { recipes: [{ id: "Q4" }] }], ["b.json", { recipes: [{ id: "Q4" }] }]]]],
  },
  shares: {
    pass: [[fitted({ bandwidth_share: 2, idle_share: 0.001, step_s: 0, prefill_half_rows: 70 })], [{ intervals: [] }], [{}]],
    fail: [
      [fitted({ bandwidth_share: 0 })],
      [fitted({ idle_share: 2.01 })],
      [{ defaults: { decode_rate_share: -1 } }],
      [calibrations({ defaults: { prefill_rate_share: 3 } })],
      [calibrations({ classes: [{ processor_class: "arm-neon", parameters: { kv_bandwidth_share: 3 } }] })],
      [{ calibrations: [{ runtime: "runner", parameters: { decode_power_share: 3 } }] }],
    ],
  },
  calibrationDevices: {
    pass: [
      [boards({ devices: ["board", "board-8gb"] }, { devices: ["board"], power_mode: "15w" }), catalog],
      [boards({ devices: ["other"] }), { devices: undefined, runtimes: undefined }],
      [{ id: "board", power: { modes: [{ id: "15w" }] }, calibrations: [{ runtime: "runner" }, { runtime: "runner", power_mode: "15w" }] }, catalog],
      [{ type: "intervals" }, catalog],
    ],
    fail: [
      [boards({ devices: ["other"] }), catalog],
      [boards({ devices: ["board"], power_mode: "30w" }), catalog],
      [boards({ devices: ["board"] }, { devices: ["board-8gb", "board"] }), catalog],
      [calibrations({ id: "other" }), catalog],
      [calibrations({ id: "other", runtime: "other" }), catalog],
      [{ id: "board", calibrations: [{ runtime: "other" }] }, catalog],
      [{ id: "board", calibrations: [{ runtime: "runner", power_mode: "15w" }] }, catalog],
      [{ id: "board", calibrations: [{ runtime: "runner" }, { runtime: "runner" }] }, catalog],
    ],
  },
  intervalBounds: {
    pass: [[interval({}), catalog], [interval({ low: 1, high: 1, family: "runner" }), catalog], [interval({ family: "other" }), { runtimes: undefined }]],
    fail: [
      [interval({ low: 1.01 }), catalog],
      [interval({ high: 0.99 }), catalog],
      [interval({ family: "other" }), catalog],
      [{ intervals: [...interval({}).intervals, ...interval({}).intervals] }, catalog],
    ],
  },
  header: { pass: [[["id", "value"], ["id", "value"]]], fail: [[["value", "id"], ["id", "value"]]] },
  rowIds: { pass: [[[{ id: "a" }, { id: "b" }]]], fail: [[[{ id: "a" }, { id: "a" }]], [[{ id: "" }]]] },
  measurementValue: {
    pass: [[row({})], [row({ metric: "compute_buffer_mib", value: "0", unit: "MiB" })]],
    fail: [[row({ value: "0" })], [row({ value: "" })], [row({ value: "fast" })], [row({ unit: "tok" })], [row({ metric: "speed" })], [row({ trust: "E" })], [row({ url: "" })], [row({ depth: "4k" })]],
  },
  resolves: {
    pass: [
      [row({ power_mode: "15w" }), presets],
      [row({ device: "", model: "" }), presets],
      [row({ device: "other", exclude: "no preset for the device" }), presets],
      [row({ runtime: "other" }), { ...presets, runtimes: undefined }],
    ],
    fail: [
      [row({ device: "other" }), presets],
      [row({ model: "other" }), presets],
      [row({ runtime: "other" }), presets],
      [row({ power_mode: "30w" }), presets],
      [row({ model: "other", exclude: "trust D: unrepresentative" }), presets],
    ],
  },
  excluded: {
    pass: [[row({})], [row({ trust: "D", exclude: "trust D: unrepresentative" })]],
    fail: [[row({ trust: "D" })], [row({ note: "20 runs; SUSPECT: above the bandwidth" })], [row({ note: "LIKELY CPU FALLBACK" })]],
  },
  qualityValue: {
    pass: [[score({})], [score({ metric: "mean_delta_p_pct", value: "-0.4", stderr: "0.02" })]],
    fail: [[score({ value: "" })], [score({ value: "632" })], [score({ quant: "" })], [score({ stderr: "+-2" })]],
  },
};
