// The rules that presets obey, one function each. A rule gets what it checks and returns messages; none means it holds.

const isObject = (x) => x !== null && typeof x === "object" && !Array.isArray(x);

/** The first key that one object of the text holds twice, with its line. JSON.parse keeps the last silently. */
export function duplicateKeys(text) {
  const found = [];
  const scopes = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
  for (let m; (m = token.exec(text)); ) {
    if (m[0] === "{") scopes.push(new Set());
    else if (m[0] === "[") scopes.push(null);
    else if (m[0] === "}" || m[0] === "]") scopes.pop();
    else if (scopes.at(-1) && /^\s*:/.test(text.slice(token.lastIndex))) {
      const key = JSON.parse(m[0]);
      if (scopes.at(-1).has(key)) found.push(`line ${text.slice(0, m.index).split("\n").length}: the key "${key}" is there twice`);
      scopes.at(-1).add(key);
    }
  }
  return found;
}

/** File name and id agree. */
export function fileName(name, data) {
  return name === `${data.id}.json` ? [] : [`is named ${name}, must be ${data.id}.json as its id says`];
}

/** The schema holds; `validate` is the compiled schema. */
export function schema(data, validate) {
  if (validate(data)) return [];
  return validate.errors.map((e) => {
    const extra = e.params.additionalProperty ?? e.params.allowedValues ?? e.params.allowedValue;
    return `${e.instancePath || "/"} ${e.message}${extra === undefined ? "" : ` (${JSON.stringify(extra)})`}`;
  });
}

const maxColumns = 110;

const followed = (node, path) => path.slice(2).split("/").reduce((x, key) => x?.[key], node);

/**
 * `data` with the keys of every object in the order of the schema's properties; keys that it does not name come last.
 * `root` is the schema that references start from, `schemas` has the other ones by file name.
 */
export function inSchemaOrder(data, node, root = node, schemas = {}) {
  const resolved = (x) => {
    if (!x?.$ref) return [x, root];
    const [file, path] = x.$ref.split("#");
    const target = file ? schemas[file] : root;
    return [followed(target, `#${path}`), target];
  };
  [node, root] = resolved(node);
  if (Array.isArray(data)) return data.map((x) => inSchemaOrder(x, node?.items, root, schemas));
  if (!isObject(data)) return data;
  // Alternatives: the order of the first one that names every key.
  for (const alternative of node?.oneOf ?? node?.anyOf ?? []) {
    const [candidate, from] = resolved(alternative);
    if (candidate?.properties && Object.keys(data).every((key) => key in candidate.properties)) return inSchemaOrder(data, candidate, from, schemas);
  }
  const known = Object.keys(node?.properties ?? {}).filter((key) => key in data);
  const rest = Object.keys(data).filter((key) => !known.includes(key));
  const free = isObject(node?.additionalProperties) ? node.additionalProperties : undefined;
  return Object.fromEntries([...known, ...rest].map((key) => [key, inSchemaOrder(data[key], node?.properties?.[key] ?? free, root, schemas)]));
}

/** Canonical text of a value: two spaces, arrays of scalars on one line where they fit. */
export function canonical(value, depth = 0, column = 0) {
  const inner = "  ".repeat(depth + 1);
  const outer = "  ".repeat(depth);
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    if (value.every((x) => x === null || typeof x !== "object")) {
      const line = `[${value.map((x) => JSON.stringify(x)).join(", ")}]`;
      if (column + line.length + 1 <= maxColumns) return line;
    }
    return `[\n${value.map((x) => inner + canonical(x, depth + 1, inner.length)).join(",\n")}\n${outer}]`;
  }
  if (isObject(value)) {
    const members = Object.entries(value).map(([key, x]) => {
      const head = `${inner}${JSON.stringify(key)}: `;
      return head + canonical(x, depth + 1, head.length);
    });
    return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${outer}}`;
  }
  return JSON.stringify(value);
}

/** The whole file as it must be; the rest as for inSchemaOrder. */
export function canonicalFile(data, ...schema) {
  return `${canonical(inSchemaOrder(data, ...schema))}\n`;
}

/** The file is byte for byte its canonical form. */
export function formatting(text, data, ...schema) {
  const wanted = canonicalFile(data, ...schema);
  if (text === wanted) return [];
  const [have, want] = [text.split("\n"), wanted.split("\n")];
  const line = want.findIndex((x, i) => x !== have[i]);
  return [`line ${line < 0 ? want.length : line + 1}: not the canonical form (--fix writes it)`];
}

/** Ids and aliases are unique across a folder; `files` are [name, data] pairs. */
export function uniqueNames(files) {
  const owner = new Map();
  const found = [];
  for (const [, data] of files) {
    for (const name of new Set([data.id, ...(data.aliases ?? [])])) {
      if (owner.has(name)) found.push(`"${name}" names both ${owner.get(name)} and ${data.id}`);
      else owner.set(name, data.id);
    }
  }
  return found;
}

/** The part of a schema that describes files of this type: one of its alternatives, or all of it. Undefined: none. */
export function schemaFor(schema, type) {
  const nodes = schema.oneOf?.map((x) => ({ node: followed(schema, x.$ref), id: `${schema.$id}${x.$ref}` })) ?? [{ node: schema, id: schema.$id }];
  return nodes.find(({ node }) => !schema.oneOf || node.properties.type.const === type);
}

/** The type is one that the folder holds. */
export function knownType({ type }, schema) {
  if (schemaFor(schema, type)) return [];
  return [`/type is ${JSON.stringify(type)}, must be one of ${schema.oneOf.map((x) => followed(schema, x.$ref).properties.type.const).join(", ")}`];
}

// Models

/** Query heads share key and value heads evenly. */
export function headsDivide({ config: c }) {
  const uneven = (heads, kv) => kv !== undefined && heads % kv !== 0;
  if (uneven(c.num_attention_heads, c.num_key_value_heads)) return ["num_attention_heads is no multiple of num_key_value_heads"];
  if (uneven(c.num_attention_heads, c.num_global_key_value_heads)) return ["num_attention_heads is no multiple of num_global_key_value_heads"];
  return [];
}

/** layer_types is no longer than the model, hybrid_pattern exactly as long. */
export function layerCount({ config: c }) {
  const found = [];
  if (c.layer_types && c.layer_types.length > c.num_hidden_layers) found.push("layer_types names more layers than num_hidden_layers");
  if (c.hybrid_pattern && c.hybrid_pattern.length !== c.num_hidden_layers)
    found.push(`hybrid_pattern names ${c.hybrid_pattern.length} layers, num_hidden_layers is ${c.num_hidden_layers}`);
  return found;
}

/** Every kind of layer has its dimensions, and dimensions are there for a reason. */
export function layerDimensions({ config: c }) {
  const kinds = new Set(c.layer_types ?? []);
  const pattern = c.hybrid_pattern ?? "";
  const found = [];
  const need = (used, key, kind) => {
    if (used && c[key] === undefined) found.push(`${kind} layers need ${key}`);
    if (!used && c[key] !== undefined) found.push(`${key} is given but no layer is ${kind}`);
  };
  need(kinds.has("linear_attention"), "linear_attention", "linear_attention");
  need(kinds.has("conv"), "shortconv", "conv");
  need(pattern.includes("M"), "mamba", "Mamba-2");
  if (kinds.has("sliding_attention") && c.sliding_window === undefined) found.push("sliding_attention layers need sliding_window");
  if (pattern.includes("E") && c.moe === undefined) found.push("E layers need moe");
  return found;
}

/** A token uses no more experts than there are. */
export function expertCount({ config: { moe, num_hidden_layers } }) {
  if (!moe) return [];
  const found = [];
  if (moe.experts_per_token > moe.num_experts) found.push("experts_per_token is above num_experts");
  if (moe.first_k_dense > num_hidden_layers) found.push("first_k_dense is above num_hidden_layers");
  return found;
}

/** The counts agree with each other: decode reads no more than the text model, which is no more than all. */
export function countsAgree({ parameters: p, counted_detail: d }) {
  const found = [];
  if (p.decode_read > p.counted_text) found.push("parameters.decode_read is above counted_text");
  if (p.counted_text > p.counted_total) found.push("parameters.counted_text is above counted_total");
  if (d && d.text + d.vision + d.projector + d.audio !== d.total) found.push("counted_detail: text, vision, projector and audio do not add up to total");
  if (d && (d.text !== p.counted_text || d.total !== p.counted_total || d.decode_read !== p.decode_read))
    found.push("counted_detail and parameters disagree");
  return found;
}

/** The published count is near the counted one, or a note says why it is not. */
export function publishedNear({ parameters: p, note }) {
  const tolerance = 0.015;
  const counted = p.scope === "total" ? p.counted_total : p.counted_text;
  if (p.published === undefined || counted === undefined) return [];
  const apart = counted / p.published - 1;
  if (Math.abs(apart) <= tolerance || note) return [];
  return [`the counted parameters are ${(100 * apart).toFixed(1)} % off the published ones and no note says why`];
}

/** A model that says how it was read says how much of it is there. */
export function publishedHasSource({ parameters: p }) {
  return p.published !== undefined && (!p.source || !p.scope) ? ["parameters.published needs scope and source"] : [];
}

// Devices

/** The peak bandwidth is bus width times data rate, within 3 %. */
export function peakBandwidth({ memory: m }) {
  const tolerance = 0.03;
  if (m.bus_width_bits === undefined || m.data_rate_mts === undefined) return [];
  const peak = (m.bus_width_bits / 8) * m.data_rate_mts / 1000;
  return Math.abs(m.peak_bandwidth_gb_s / peak - 1) <= tolerance ? [] : [`memory.peak_bandwidth_gb_s is ${m.peak_bandwidth_gb_s}, bus width times data rate ${peak}`];
}

/** No measured bandwidth exceeds the peak by more than 2 %, but one of a sibling device or one that a note explains. */
export function measuredBandwidth({ memory: m }) {
  return (m.measured ?? [])
    .filter((x) => x.agent !== "host-link" && x.bandwidth_gb_s > 1.02 * m.peak_bandwidth_gb_s && !x.proxy_device && !x.note)
    .map((x) => `memory.measured: ${x.bandwidth_gb_s} GB/s by ${x.agent} is above the peak of ${m.peak_bandwidth_gb_s}`);
}

/** Idle draws no more than load. */
export function idleBelowLoad({ power: p }) {
  return p?.idle_w > p?.load_w ? [`power.idle_w ${p.idle_w} is above load_w ${p.load_w}`] : [];
}

/** Power modes have unique ids and slow the device down, never above its own memory bandwidth or core count. */
export function powerModes({ memory, cpu, power }) {
  const found = [];
  const ids = new Set();
  const cores = cpu?.clusters.reduce((sum, c) => sum + c.cores, 0);
  for (const mode of power?.modes ?? []) {
    if (ids.has(mode.id)) found.push(`power.modes: the id ${mode.id} is there twice`);
    ids.add(mode.id);
    if (mode.memory_bandwidth_gb_s > 1.001 * memory.peak_bandwidth_gb_s) found.push(`power.modes ${mode.id}: memory_bandwidth_gb_s is above the memory's peak`);
    if (mode.cpu_cores_online > cores) found.push(`power.modes ${mode.id}: more cores online than there are`);
  }
  return found;
}

/** There is something to compute with, no fewer threads than cores, and clocks are plausible. */
export function processors({ cpu, gpu, npu }) {
  const found = [];
  if (!cpu && !gpu && !npu) found.push("has neither cpu, gpu nor npu");
  if (cpu && cpu.threads < cpu.clusters.reduce((sum, c) => sum + c.cores, 0)) found.push("cpu.threads is below the number of cores");
  for (const c of cpu?.clusters ?? []) if (c.clock_ghz < 0.3 || c.clock_ghz > 7) found.push(`cpu.clusters: ${c.clock_ghz} GHz is no plausible clock`);
  if (gpu?.clock_mhz !== undefined && (gpu.clock_mhz < 100 || gpu.clock_mhz > 4000)) found.push(`gpu.clock_mhz: ${gpu.clock_mhz} is no plausible clock`);
  return found;
}

/** The FP32 rate of CUDA cores is two operations a core and cycle, within 5 %. */
export function cudaRate({ gpu }) {
  if (gpu?.unit_kind !== "CUDA cores" || !gpu.units || !gpu.clock_mhz) return [];
  const rate = (2 * gpu.units * gpu.clock_mhz) / 1e6;
  return Math.abs(gpu.fp32_tflops / rate - 1) <= 0.05 ? [] : [`gpu.fp32_tflops is ${gpu.fp32_tflops}, cores times clock give ${rate.toFixed(2)}`];
}

/** `unsure` is set exactly where memory, or every processor, is assumed. */
export function unsureFlag({ unsure, confidence: c }) {
  const known = (group) => c[group] === "read" || c[group] === "derived";
  const sure = known("memory") && ["cpu", "gpu", "npu"].some(known);
  if (sure && unsure) return ["unsure is set, but memory and a processor are read or derived"];
  return sure || unsure ? [] : ["unsure must be true: memory, or every processor, is assumed"];
}

// Runtimes, quantizations and calibrations. `presets` has the files of every folder by id; of a folder that is not there nothing is checked.

const recipesOf = ({ quantizations }) => [...(quantizations?.values() ?? [])].flatMap((file) => (file.recipes ?? []).map((recipe) => ({ family: file.family, ...recipe })));

/** A runtime runs its default quantization, and all that it runs exists. */
export function runsQuantizations({ default_quantization, quantizations }, presets) {
  const recipes = recipesOf(presets);
  if (!recipes.length) return [];
  const found = quantizations.filter((x) => !recipes.some((r) => r.id === x || r.family === x)).map((x) => `quantizations: "${x}" is neither a recipe nor a family`);
  const usual = recipes.find((r) => r.id === default_quantization);
  if (!usual) found.push(`default_quantization "${default_quantization}" is no recipe`);
  else if (![usual.id, usual.family].some((x) => quantizations.includes(x))) found.push(`default_quantization "${default_quantization}" is none that it runs`);
  return found;
}

/** Where parameters are in a file, with a name for messages. */
function parametersIn({ defaults, classes = [], devices = [], calibrations = [] }) {
  return [
    ...(defaults ? [["defaults", defaults]] : []),
    ...classes.map((x) => [`classes ${x.processor_class}`, x.parameters]),
    ...devices.map((x) => [`devices ${[x.devices[0], x.power_mode].filter(Boolean).join(" ")}`, x.parameters]),
    ...calibrations.map((x) => [`calibrations ${[x.runtime, x.power_mode].filter(Boolean).join(" ")}`, x.parameters]),
  ];
}

/** Every storage format that a file names is in formats.json, whose ids are unique. */
export function knownFormats(data, { quantizations }) {
  const formats = quantizations?.get("formats")?.formats?.map((x) => x.id);
  if (!formats) return [];
  const used = [["default_kv_format", data.default_kv_format]];
  for (const format of data.formats ?? []) used.push([`${format.id}: fallback`, format.fallback]);
  for (const recipe of data.recipes ?? []) {
    for (const key of ["linear", "output", "embedding", "small", "tower"]) used.push([`${recipe.id}: ${key}`, recipe[key]]);
    (recipe.rules ?? []).forEach((rule, i) => used.push([`${recipe.id}: rules[${i}].format`, rule.format]));
  }
  for (const [where, parameters] of parametersIn(data))
    for (const key of ["decode_cost", "prefill_efficiency"]) for (const id of Object.keys(parameters[key] ?? {})) used.push([`${where}: ${key}`, id]);
  const own = data.formats?.map((x) => x.id) ?? [];
  return [
    ...used.filter(([, id]) => id !== undefined && !formats.includes(id)).map(([where, id]) => `${where}: "${id}" is no storage format`),
    ...own.filter((id, i) => own.indexOf(id) !== i).map((id) => `formats: "${id}" is there twice`),
  ];
}

/** A format takes 1 to 32 bits per weight with its scales. */
export function formatSize({ formats = [] }) {
  const bits = (x) => (8 * x.block_bytes) / x.block_weights;
  return formats.filter((x) => !(bits(x) >= 1 && bits(x) <= 32)).map((x) => `formats: ${x.id} takes ${bits(x)} bits per weight`);
}

/** A rule names tensors, has a layer_argument exactly where its layers need one, and conditions that can hold. */
export function recipeRules({ recipes = [] }) {
  const found = [];
  for (const { id, rules = [] } of recipes) {
    rules.forEach((rule, i) => {
      const report = (message) => found.push(`${id}: rules[${i}] ${message}`);
      const counted = ["first", "first_fraction", "middle"].includes(rule.layers);
      if (!rule.tensors.length) report("names no tensors");
      if (counted && rule.layer_argument === undefined) report(`needs layer_argument with layers ${rule.layers}`);
      if (!counted && rule.layer_argument !== undefined) report("has a layer_argument that its layers do not use");
      if (rule.min_gqa >= rule.max_gqa) report("holds for no model: min_gqa is not below max_gqa");
      if (rule.min_experts > rule.experts) report("holds for no model: experts is below min_experts");
    });
  }
  return found;
}

/** A recipe, or its file, says where it was read. */
export function recipeSources({ recipes = [], sources }) {
  return sources?.length ? [] : recipes.filter((x) => !x.source).map((x) => `${x.id} has no source, and the file has no sources`);
}

/** Recipe ids are unique among all files of the folder; `files` are [name, data] pairs. */
export function uniqueRecipes(files) {
  const owner = new Map();
  const found = [];
  for (const [name, data] of files) {
    for (const { id } of data.recipes ?? []) {
      if (owner.has(id)) found.push(`the recipe "${id}" is both in ${owner.get(id)} and ${name}`);
      else owner.set(id, name);
    }
  }
  return found;
}

/** Shares of a rate or power are above 0 and at most 2: they may exceed 1, as what they are shares of is an estimate too. */
export function shares(data) {
  const most = 2;
  return parametersIn(data).flatMap(([where, parameters]) =>
    Object.entries(parameters)
      .filter(([key, value]) => key.endsWith("_share") && !(value > 0 && value <= most))
      .map(([key, value]) => `${where}: ${key} is ${value}, must be above 0 and at most ${most}`),
  );
}

/** Runtimes, devices and power modes of calibrations are presets; a board has one entry for each power mode. */
export function calibrationDevices(data, { devices, runtimes }) {
  const found = [];
  const seen = new Set();
  const check = (runtime, device, mode, preset) => {
    if (runtimes && !runtimes.has(runtime)) found.push(`no runtime preset "${runtime}"`);
    if (devices && !preset) found.push(`no device preset "${device}"`);
    if (preset && mode && !preset.power?.modes?.some((x) => x.id === mode)) found.push(`${device} has no power mode "${mode}"`);
    const key = [runtime, device, mode].join(" ").trimEnd();
    if (seen.has(key)) found.push(`${key} is there twice`);
    seen.add(key);
  };
  if (data.type === "calibrations") {
    if (data.id !== data.runtime) found.push(`runtime is "${data.runtime}", must be "${data.id}" as the id says`);
    if (runtimes && !runtimes.has(data.runtime)) found.push(`no runtime preset "${data.runtime}"`);
    for (const entry of data.devices) for (const device of entry.devices) check(data.runtime, device, entry.power_mode, devices?.get(device));
  }
  for (const entry of data.calibrations ?? []) check(entry.runtime, data.id, entry.power_mode, data);
  return [...new Set(found)];
}

/** An interval holds the estimate itself, is of a known family, and there is one for each metric, family and situation. */
export function intervalBounds({ intervals = [] }, { runtimes }) {
  const families = runtimes && new Set([...runtimes.values()].map((x) => x.family));
  const seen = new Set();
  const found = [];
  for (const { metric, family, situation, low, high } of intervals) {
    const name = [metric, family, situation].filter(Boolean).join(" ");
    if (!(low <= 1 && high >= 1)) found.push(`intervals: ${name} is ${low} to ${high}, must hold 1`);
    if (family && families && !families.has(family)) found.push(`intervals: no runtime is of the family "${family}"`);
    if (seen.has(name)) found.push(`intervals: ${name} is there twice`);
    seen.add(name);
  }
  return found;
}

// Tables

const units = {
  decode_tok_s: "tok/s", prefill_tok_s: "tok/s", throughput_tok_s: "tok/s", ttft_ms: "ms", tpot_ms: "ms", power_w: "W", energy_j_per_token: "J/token",
  peak_mem_mib: "MiB", model_buffer_mib: "MiB", kv_cache_mib: "MiB", compute_buffer_mib: "MiB", model_load_mem_mib: "MiB",
};

/** The header is exactly `wanted`. */
export function header(columns, wanted) {
  return columns.join() === wanted.join() ? [] : [`the header is ${columns.join()}, must be ${wanted.join()}`];
}

/** Row ids are there and unique. */
export function rowIds(rows) {
  const seen = new Set();
  return rows.flatMap(({ id }, i) => {
    const twice = seen.has(id);
    seen.add(id);
    return !id ? [`row ${i + 2} has no id`] : twice ? [`the id ${id} is there twice`] : [];
  });
}

/** A measurement is a positive number of a known metric in its unit, with a source. */
export function measurementValue(row) {
  const found = [];
  if (!(row.metric in units)) found.push(`${row.id}: unknown metric "${row.metric}"`);
  else if (row.unit !== units[row.metric]) found.push(`${row.id}: ${row.metric} is in "${row.unit}", must be in ${units[row.metric]}`);
  if (!(Number(row.value) > 0 || (Number(row.value) === 0 && row.value !== "" && row.metric.endsWith("_mib")))) found.push(`${row.id}: "${row.value}" is no positive number`);
  if (!/^[ABCD]$/.test(row.trust)) found.push(`${row.id}: trust is "${row.trust}", must be A, B, C or D`);
  if (!row.source || !row.url) found.push(`${row.id}: source and url are required`);
  for (const key of ["batch", "threads", "prompt", "generate", "depth"])
    if (row[key] !== "" && !/^\d+$/.test(row[key])) found.push(`${row.id}: ${key} "${row[key]}" is no whole number`);
  return found;
}

/** Device, power mode, model and runtime of a row are presets; an excluded row may name a device or model without one. */
export function resolves(row, { devices, models, runtimes }) {
  const found = [];
  const unknown = (kind, table, id) => table && id && !table.has(id) && found.push(`${row.id}: no ${kind} preset "${id}"`);
  unknown("runtime", runtimes, row.runtime);
  if (!row.exclude?.includes("no preset for the device")) unknown("device", devices, row.device);
  if (!row.exclude?.includes("no preset for the model")) unknown("model", models, row.model);
  if (row.power_mode) {
    const modes = devices?.get(row.device)?.power?.modes ?? [];
    if (!modes.some((m) => m.id === row.power_mode)) found.push(`${row.id}: ${row.device || "no device"} has no power mode "${row.power_mode}"`);
  }
  return found;
}

/** What must not be fitted says so. */
export function excluded(row) {
  const must = row.trust === "D" || /\bSUSPECT:|LIKELY CPU FALLBACK/.test(row.note);
  return must && !row.exclude ? [`${row.id}: trust D, SUSPECT or LIKELY CPU FALLBACK, but exclude is empty`] : [];
}

/** A score is a number with model, quantization, benchmark, metric and source; accuracies are percent. */
export function qualityValue(row) {
  const found = [];
  for (const key of ["model", "quant", "benchmark", "metric", "source_url"]) if (!row[key]) found.push(`${row.id}: ${key} is required`);
  if (row.value === "" || !Number.isFinite(Number(row.value))) found.push(`${row.id}: "${row.value}" is no number`);
  if (/^(acc|mc|em|strict)/.test(row.metric) && (Number(row.value) < 0 || Number(row.value) > 100)) found.push(`${row.id}: ${row.value} is no percentage`);
  if (row.stderr !== "" && !(Number(row.stderr) >= 0)) found.push(`${row.id}: stderr "${row.stderr}" is no number`);
  return found;
}

export const modelRules = [headsDivide, layerCount, layerDimensions, expertCount, countsAgree, publishedNear, publishedHasSource];
export const deviceRules = [peakBandwidth, measuredBandwidth, idleBelowLoad, powerModes, processors, cudaRate, unsureFlag, shares, knownFormats, calibrationDevices];
export const runtimeRules = [runsQuantizations, knownFormats, shares];
export const quantizationRules = [knownFormats, formatSize, recipeRules, recipeSources];
export const calibrationRules = [shares, knownFormats, calibrationDevices, intervalBounds];
