/** One reason why something was refused: `path` is the JSON path of the field. `values` are what stands in the places of
 *  the message; by the code and their names it can be worded in another language. */
export interface EdgewiseProblem { code: string; path: string; message: string; values?: Record<string, string> }
/** Why something was refused. */
export declare class EdgewiseError extends Error {
  /** Of the first reason. Loading fails with `wasm_missing`, `wasm_unreachable`, `wasm_wrong_type`, `wasm_forbidden` (by a
   *  Content-Security-Policy), `wasm_unfit` (damaged, or of another release) or `no_webassembly`. */
  code: string;
  path: string;
  /** Every reason. */
  errors: EdgewiseProblem[];
  /** Where loading failed: where the file was looked for, and what helps. */
  address?: string;
  remedy?: string;
}

// What the engine and the presets of this release know; whoever adds presets has more.
export type TermId = string;
export type QuantizationId = string;
/** Runtimes, and launchers that start one of them. */
export type RuntimeId = string;
export type KvFormatId = string;
export type ModelId = string;
export type DeviceId = string;
export type Session = 'headless' | 'desktop';
/** One of these, which an editor offers, or any other. */
export type OrOther<Id extends string> = Id | (string & Record<never, never>);

/** A rule that a preset breaks; `rule` is a stable word for programs. */
export interface PresetProblem { rule: string; path: string; message: string }

/** A question. Ids or aliases; what is left out takes its default. Counts are of tokens. */
export interface Query {
  model?: OrOther<ModelId>;
  device?: OrOther<DeviceId>;
  power_mode?: string;
  runtime?: OrOther<RuntimeId>;
  quant?: OrOther<QuantizationId>;
  /** A storage format ("q8_0"), or "k:FORMAT,v:FORMAT". */
  kv_quant?: OrOther<KvFormatId>;
  flash_attention?: boolean;
  /** What runs beside the model, on a device that states what an idle system takes in both. */
  session?: '' | Session;
  prompt?: number;
  generate?: number;
  depth?: number;
  batch?: number;
  images?: number;
  /** Pixels; 0: the size that the model's processor names. */
  image_width?: number;
  image_height?: number;
  /** Seconds of audio. */
  audio_s?: number;
  threads?: number;
  context?: number;
  /** Memory that other programs take of the device's. */
  memory_taken_gib?: number;
  /** What the system was set to lend a GPU that shares its memory; left out: as delivered. */
  gpu_memory_gib?: number;
  requests_per_day?: number;
  battery_wh?: number;
  electricity_usd_per_kwh?: number;
  device_life_years?: number;
  /** A model that drafts tokens for the other to verify, and its quantization. */
  draft_model?: OrOther<ModelId>;
  draft_quant?: OrOther<QuantizationId>;
  /** The model's own heads draft (multi-token prediction). */
  mtp?: boolean;
  /** Drafted for a step; left out: the number that is the fastest. */
  draft_tokens?: number;
  /** Probability that a drafted token is accepted; left out: as in public runs of `task`. */
  acceptance?: number;
  task?: string;
  /** The network between who asks and the device; left out: none. */
  link_rtt_ms?: number;
  link_mb_s?: number;
  /** Share of the memory that vLLM, SGLang or TensorRT-LLM reserves, and what they reserve it for. */
  gpu_memory_utilization?: number;
  max_num_batched_tokens?: number;
  max_num_seqs?: number;
  /** 1: no captured graphs. */
  enforce_eager?: number;
  /** llama.cpp's -ngl, the number of -ncmoe, and 1 for -nkvo. */
  gpu_layers?: number;
  cpu_moe?: number;
  kv_on_host?: number;
  /** Devices of this kind that share the model; 1: each has a share of every matrix, 0: of the layers. */
  devices?: number;
  row_split?: number;
  /** The computer that a card is in: a device (left out: a typical one), or what is known of it. */
  host?: OrOther<DeviceId>;
  host_cores?: number;
  host_memory_gib?: number;
  host_memory_gb_s?: number;
  /** llama.cpp's -ub, -np and -kvu (1: one cache for all slots). */
  micro_batch?: number;
  parallel?: number;
  kv_unified?: number;
  /** What an API asks for a million generated tokens, USD. */
  api_usd_per_mtok?: number;
  /** Carbon intensity of the electricity, g CO2e per kWh. */
  grid_gco2e_per_kwh?: number;
  /** What power and energy are to be of; by default what the device's own powers are of. */
  power_scope?: Exclude<PowerScope, ''>;
  /** Numbers that were measured on this device, in this power mode, with this runtime; they correct the answer. Each is
   *  a statement such as "decode=11.2 llama-3.2-1b Q4_K_M" (decode, prefill, ttft, tpot, power or energy; with prompt,
   *  generate, depth, batch, threads, kv, device, power_mode or runtime, if they are not as usual), or what
   *  `ollama run --verbose` printed. */
  known?: string | string[];
  /** What is changed of the device, each "FIELD=VALUE" with a field that `editable` lists: "memory.peak_bandwidth_gb_s=34".
   *  What was measured of a peak moves with it, what a runtime reaches of it stays the share that it is. */
  set?: string | string[];
  /** Whether the result holds `ways_out`: some hundred answers more. */
  ways_out?: boolean;
  /** Whether the result holds `quality`, which needs the table of scores. */
  quality?: boolean;
}

/** A number that was measured, as the answer understands it; `unit` is that of the three. */
export interface KnownNumber {
  /** The statement with everything filled in. */
  text: string;
  metric: string; kind: string; unit: string;
  value: number;
  /** Before the numbers were seen, and after; null: it counts for nothing here. */
  expected: number | null; explained: number | null;
  /** The other device or runtime that it is of; empty: it counts. */
  elsewhere: string;
}
/** From the best to the worst; unknown: memory or speed is. */
export type Verdict = 'runs_well' | 'runs_slowly' | 'likely_fits' | 'with_host' | 'does_not_run' | 'unknown';
/** A change of the question that makes its answer better, with that answer. */
export interface WayOut {
  kind: 'quantization' | 'kv_cache' | 'context' | 'batch' | 'runtime' | 'session' | 'gpu_memory' | 'power_mode' | 'option' | 'draft' | 'model' | 'device';
  /** What is changed, in a few words. */
  label: string;
  /** The members that change of the answer's `query`; null: left out. */
  change: { [member in keyof Query]?: Query[member] | null };
  verdict: Verdict;
  memory_B: number; usable_B: number; ttft_s: number | null;
  decode_tok_s: { value: number | null; low: number | null; high: number | null };
}
/** What comes to a server: requests per second that arrive at random, the squared coefficients of variation of their
 *  lengths, sequences at once, and a promise in seconds. */
export interface Load {
  rate?: number;
  prompt_cv2?: number;
  generate_cv2?: number;
  slots?: number;
  ttft_p95?: number;
  tpot_p95?: number;
}
/** How a server fares. Unknown (null): nothing was asked, or the queue has no end; an open range: some of it has none. */
export interface Serving {
  load: Load;
  server: {
    scheduling: 'one-at-a-time' | 'mixed' | 'prefill-first';
    step_s: number[];
    prefill_s: number;
    prompt_s: number;
    prompt_budget: number;
  };
  stable: boolean | null;
  waiting_share: number | null;
  utilisation: TermValue;
  mean_batch: TermValue;
  ttft_p50_s: TermValue;
  ttft_p95_s: TermValue;
  tpot_p50_s: TermValue;
  tpot_p95_s: TermValue;
  throughput_tok_s: TermValue;
  capacity_per_s: TermValue;
  largest_rate_per_s: TermValue;
  answer: Result;
}

/** Something that was asked for and does not go with the rest: what was taken instead (empty: the default). */
export interface PutAside {
  field: 'power_mode' | 'runtime' | 'quant' | 'kv_quant' | 'threads' | 'images' | 'audio_s' | 'session' | 'gpu_memory_gib' | 'power_scope' | 'set' | 'devices' | 'draft_model' | 'mtp';
  asked: string;
  taken: string;
  /** Why, as in a problem. */
  code: string;
  message: string;
  values?: Record<string, string>;
}
/** A preset that the question needs and the engine does not have. */
export interface Need {
  type: 'model' | 'device' | 'runtime' | 'calibrations' | 'quantizations' | 'formats' | 'intervals' | 'power' | 'device-classes' | 'speculation' | 'quality';
  id: string;
}
export interface Choice {
  /** As asked, with canonical ids and without what was put aside. */
  query: Query;
  put_aside: PutAside[];
  /** Add these and ask again. The calibrations of the runtime are named whenever none were added. */
  needs: Need[];
  answer: Result | null;
  /** Why there is no answer. */
  errors: EdgewiseProblem[];
}

export interface Meant {
  /** The one preset that is meant; empty: none, or one of several. */
  id: string;
  /** Of a model: the quantization that its name carries. */
  quant: string;
  /** Where there is no id: what may be meant, the likeliest first. */
  near: string[];
  /** The name fits each of `near`, or more. */
  several: boolean;
}

/** One supply rail, the chip, the board or module, the card, the whole system; empty: nobody states it. */
export type PowerScope = 'rail' | 'soc' | 'module' | 'gpu' | 'wall' | '';
/** `null` is unknown, never zero. `low` and `high` bound an 80 % interval; a power with both and no value is a range. */
export interface TermValue { value: number | null; low: number | null; high: number | null; unit: string }
export interface OperatorRow {
  operator: string; bytes: number | null; operations: number | null; memory_s: number | null; compute_s: number | null;
  fixed_s: number | null; total_s: number | null; bound: string;
}
export interface Result {
  query: Required<Pick<Query, 'model' | 'device' | 'power_mode' | 'runtime' | 'quant' | 'kv_quant'>> & Query;
  model: { id: string; name: string; parameters: number };
  device: { id: string; name: string; class: string; kind: 'soc-integrated' | 'host-centric'; power_mode: string };
  runtime: { id: string; name: string; processor: 'cpu' | 'gpu' | 'npu' };
  /** What started the runtime, where a launcher was named, and the fields that its defaults gave. */
  launcher: { id: string; name: string; taken: { field: keyof Query; value: number }[] } | null;
  /** `of_file`: what the model's own file holds, not a conversion of it. */
  quantization: { id: string; family: string; approximate: boolean; of_file: boolean };
  verdict: Verdict;
  sentence: string;
  /** Whether it is written slower than people read, and whether the first token comes later than they wait. */
  slow: { decode: boolean; ttft: boolean };
  /** Where it does not fit: layers stay with the host, weights are read again from storage, or the load fails. */
  instead: null | {
    kind: 'host' | 'paging' | 'out_of_memory';
    layers_on_device: number | null;
    /** Layers whose routed experts stay with the host. */
    experts_on_host: number;
    layers: number;
    tpot_s: number | null;
  };
  /** What the answer rests on, and how many measured configurations that is. */
  sure: { level: Sureness; configurations: number };
  situation: 'calibrated' | 'related' | 'datasheet';
  /** What power and energy are of, what the device's own powers are of, and what their parameters rest on. */
  power: { scope: PowerScope; of_device: PowerScope; situation: 'calibrated' | 'related' | 'datasheet' };
  /** What became of the numbers that the question knows; absent: it knows none. */
  known?: KnownNumber[];
  /** The calibration that applies: entry `index` of the device preset's `calibrations`, or of the `devices` of the
   *  runtime's calibrations. `power_mode` is empty where it is of no mode in particular. */
  calibration: null | {
    origin: 'measured' | 'fitted';
    configurations: number;
    power_mode: string;
    source: 'device' | 'calibrations';
    index: number;
  };
  terms: Record<TermId, TermValue>;
  unknown: { term: TermId; needs: string[] }[];
  bound: { decode: string; prefill: string };
  breakdown: { decode: OperatorRow[]; prefill: OperatorRow[] };
  warnings: EdgewiseProblem[];
  /** Where they were asked for: what to change, the best first. */
  ways_out?: WayOut[];
  /** Where it was asked for: what the quantization keeps (null: unknown), and what the model scores unquantized, of each
   *  benchmark on one scale. */
  quality?: { retention: Retention | null; scores: (Scale & { value: number })[] };
  /** What is changed of the device, by `set` or by its preset; absent: nothing. A null was unknown. */
  edited?: { field: string; label: string; unit: string; from: number | string | null; to: number | string }[];
}

export interface ExplainedTerm {
  id: string; label: string; unit: string; group: 'input' | 'memory' | 'time' | 'bound' | 'energy';
  formula: string; note: string; field: string; value: number | null; low: number | null; high: number | null;
  inputs: { id: string; label: string; value: number | null; unit: string; field: string }[];
  /** Relative change of the term when the input rises by 10 %, largest first. */
  sensitivity: { input: string; change: number }[];
}

/** What varies among many questions, a value for each: numbers, or texts (ids, names). */
export type Columns = { [field in keyof Query]?: ArrayLike<number> | readonly string[] };
/** Terms of many estimates, as `estimate` gives their values; NaN is unknown. */
export interface Many<Id extends string = TermId> {
  rows: number;
  columns: Record<Id, Float64Array>;
  /** Of each question: 0 answered, else 1 + the place in `problems` of what is wrong with it. */
  status: Uint32Array;
  /** `first`: the first question that this is wrong with, of `rows` ones. */
  problems: { first: number; rows: number; errors: EdgewiseProblem[] }[];
}

/** The answer at each value. NaN is unknown. */
export interface Sweep {
  axis: string;
  /** Of names their places. */
  values: Float64Array;
  /** Where the values are no numbers: power modes (the first as the preset states it), quantizations, words. */
  names?: string[];
  columns: Record<string, Float64Array>;
  /** Both ends of the 80 % interval, of the columns that have one. */
  low: Record<string, Float64Array>;
  high: Record<string, Float64Array>;
  verdicts: Verdict[];
  /** What the power and energy of each point are of. */
  power_scopes: PowerScope[];
  /** Whether the device's memory holds it; of gpu_layers, cpu_moe and kv_on_host: whether device and host do. */
  fits: (boolean | null)[];
  /** What is to be minded of the answers, by point. */
  warnings: { point: number; warnings: EdgewiseProblem[] }[];
  /** Points without an answer, and why. */
  problems: { point: number; errors: EdgewiseProblem[] }[];
  /** Where memory ends: the last value that fits and the first that does not, beside each other; null: not in this sweep. */
  memory_end: { last_fit: number; first_unfit: number } | null;
}

/** A change and what comes of one term: of the device, of what runs on it, of how it is used. */
export interface WhatIf {
  kind: 'bandwidth' | 'compute' | 'memory' | 'storage' | 'host_link' | 'host_memory' | 'idle_power' | 'load_power' | 'overhead'
    | 'quantization' | 'kv_cache' | 'mtp' | 'power_mode' | 'runtime' | 'prompt' | 'depth' | 'batch';
  label: string;
  /** The members of the question that change; null: no question has it. */
  change: { [member in keyof Query]?: Query[member] | null } | null;
  value: { value: number | null; low: number | null; high: number | null };
  /** How many times better. */
  gain: number;
  verdict: Verdict;
}

/** Operations and bytes per second, operations per byte: what the device states, and what is reached of it (null: unknown,
 *  or the runtime does not compute so). */
export interface Roof { peak: number | null; reached: number | null }
export interface Roofline {
  processor: 'cpu' | 'gpu' | 'npu';
  /** No part of the model is with a host or with other devices. */
  alone: boolean;
  bandwidth: Roof;
  /** Of each number type that the processor has: which phase computes so, and where it meets the bandwidth. */
  ceilings: (Roof & {
    number: 'fp32' | 'fp16' | 'int8' | 'fp16-matrix' | 'int8-matrix' | 'npu'; decode: boolean; prefill: boolean; ridge: Roof;
  })[];
  points: {
    phase: 'decode' | 'prefill'; intensity: number | null;
    ops_per_s: { value: number | null; low: number | null; high: number | null }; bound: string;
  }[];
}

/** A field of the device that may be edited. A word has `words`, a number `min` and `max`. */
export interface Editable {
  field: string; label: string; unit: string;
  group: 'memory' | 'cpu_peak' | 'gpu' | 'gpu_matrix' | 'npu' | 'power' | 'storage' | 'host_link' | 'price';
  /** As the preset states it, as it is edited, and that in the power mode of the question. */
  stated: number | string | null; value: number | string | null; in_mode: number | string | null;
  edited: boolean;
  /** How what is stated is known; empty: nobody says. */
  source: '' | 'read' | 'derived' | 'assumed' | 'mixed';
  /** Whether another value changes this answer. */
  counts: boolean;
  words?: string[]; min?: number; max?: number;
}

/** What `explore` is to find. A bound on something unknown is not met. */
export interface Bounds {
  min_decode_tok_s?: number; max_ttft_s?: number; max_memory_gib?: number; max_power_w?: number;
  max_energy_per_token_j?: number; max_price_usd?: number; min_parameters_b?: number; max_parameters_b?: number;
  /** Score at least, on the scale of `benchmark`; one that is only known to be at most something does not meet it. */
  min_quality?: number;
  /** These alone: classes and vendors of devices, licences of models. */
  classes?: string[]; vendors?: string[]; licences?: string[];
  /** Models that take images, or audio. */
  vision?: boolean; audio?: boolean;
  /** What quality is: the id of a scale, or its benchmark ("MMLU"), with shots, variant or source ("MMLU,instruct"). */
  benchmark?: string;
  /** What the frontier weighs; left out: speed, parameters and memory. */
  axes?: Axis[];
}
export type Axis = 'speed' | 'ttft' | 'quality' | 'parameters' | 'memory' | 'price' | 'energy' | 'power';
export interface ExploreRow {
  model: string; device: string; runtime: string; quant: string;
  class: string; vendor: string;
  /** As Hugging Face names licences; empty: unknown. */
  licence: string;
  verdict: Verdict; situation: Result['situation']; sure: Sureness; power_scope: PowerScope;
  /** What `quality` is of: these very weights, the unquantized score times what the quantization keeps (measured of the
   *  model, or estimated of others), or the unquantized score, where nobody knows what is lost. Empty: unknown. */
  quality_basis: 'published' | 'retained' | 'estimated' | 'unquantized' | '';
  retention_kind: Retention['kind'] | '';
  /** Each with the ends of its 80 % interval. */
  decode_tok_s: number | null; decode_tok_s_low: number | null; decode_tok_s_high: number | null;
  ttft_s: number | null; ttft_s_low: number | null; ttft_s_high: number | null;
  memory_B: number; memory_B_low: number | null; memory_B_high: number | null;
  energy_per_token_J: number | null; energy_per_token_J_low: number | null; energy_per_token_J_high: number | null;
  decode_w: number | null; decode_w_low: number | null; decode_w_high: number | null;
  price_usd: number | null; parameters: number; quality: number | null; retention: number | null;
  retention_estimated: boolean; vision: boolean; audio: boolean; corrected: boolean;
  /** Whether the device is a card, whose price is without the computer around it. */
  host_centric: boolean;
  /** No other row is as good on every axis of the frontier and better on one. */
  pareto: boolean;
}
export interface Explored {
  count: number;
  rows: ExploreRow[];
  /** What one bound alone keeps out ("memory": what does not run; "context": whose positions are too few), how much of it for
   *  want of a value, how much of that although the most that the value can be would do (the score of unquantized weights),
   *  and of numbers the value that comes nearest to the bound. */
  refused: {
    bound: keyof Bounds | 'memory' | 'context';
    count: number;
    unknown: number;
    upper_bounds: number;
    nearest: number | null;
  }[];
  /** Rows that lack a value of an axis of the frontier, and so are none of it. */
  off_axes: number;
  scale?: Scale;
}
/** Scores that may stand on one axis: of one benchmark, from one source, measured in one way. */
export interface Scale {
  id: string; benchmark: string; metric: string; shots: string; variant: string; harness: string; source: string;
  models: number;
}
/** What a quantization keeps of a model's quality. */
export interface Retention {
  /** Score over that of the unquantized weights, mean of benchmarks; mean Kullback-Leibler divergence from them, nat;
   *  perplexity over theirs. */
  kind: 'recovery' | 'divergence' | 'perplexity_ratio';
  value: number; low: number; high: number;
  /** Of other models of like size, `count` of them; else of this one, by `count` benchmarks. */
  estimated: boolean;
  /** The storage that the model is published in. */
  by_definition: boolean;
  count: number; variant: string; method: string; harness: string; source: string;
}
export interface Score {
  benchmark: string; metric: string; shots: string; variant: string; quant: string; method: string; value: number;
  stderr: number | null; harness: string; source: string; note: string;
}
/** Published scores of a model. */
export interface ModelQuality {
  model: string;
  /** What each recipe keeps of it, as far as anybody knows. */
  retention: Record<string, Retention>;
  /** Everything that was measured of its quantizations. */
  measured: Record<string, Retention[]>;
  scores: Score[];
}
export type Sureness = 'corrected' | 'measured' | 'fitted' | 'split' | 'related' | 'datasheet';

export interface CatalogList {
  models: { id: string; name: string; family: string; parameters: number; vision: boolean; audio: boolean; licence: string }[];
  /** `runtimes` lists what runs on the device, the default first. */
  devices: { id: string; name: string; vendor: string; class: string; kind: 'soc-integrated' | 'host-centric'; memory_gib: number; power_modes: { id: string; name: string }[]; sessions: Session[]; runtimes: string[] }[];
  runtimes: {
    id: string; name: string; processor: string; family: string; default_quantization: string; quantizations: string[];
    default_kv_format: string; kv_formats: string[];
  }[];
  /** Programs that start one of these with defaults of their own: a query may name one as its runtime. */
  launchers: { id: string; name: string }[];
  quantizations: { id: string; family: string }[];
  /** What the numbers of a query may be. */
  limits: { field: keyof Query; key: string; min: number; max: number; whole: boolean; default: number | null }[];
  /** Its texts, and what it says yes or no to. `key`, of these and of the numbers: what links to a page call them. */
  texts: { field: keyof Query; key: string }[];
  flags: { field: 'mtp' | 'flash_attention'; key: string }[];
  /** Columns of a table with one row for each configuration, as EdgeLLM-Systems names them ("mb" are MiB): a term of the
   *  result times a scale, as a share of another where there is `of`. */
  summary: { name: string; value: { term: string; scale: number }; of?: { term: string; scale: number } }[];
  /** Where the verdict changes over. */
  thresholds: { reading_speed_tok_s: number; longest_wait_s: number };
  /** The question that a newcomer is shown. */
  default_query: Query;
}

/** What the estimating half has: `edgewise/estimate`. */
export interface Estimator {
  /** Adds one preset (JSON text), or the table of scores (CSV); returns its id. Any order will do. Throws EdgewiseError. */
  addPreset(text: string): string;
  /** Adds presets separated by the ASCII record separator (RFC 7464). */
  addPresets(text: string): void;
  /** Names of presets that are not here, each list with the id first and then the preset's own name: what means one of
   *  them is then among what a choice needs. */
  addNames(names: { models?: string[][]; devices?: string[][] }): void;
  /** What a name means, however it is written: an id, an alias, a Hugging Face repository, an Ollama tag, a file's name. */
  meant(kind: 'model' | 'device' | 'runtime', name: string): Meant;
  /** Answers leniently: what does not go together is put aside and said; what is missing is named. */
  choose(query: Query): Choice;
  /** Answers, or refuses what does not go together. */
  estimate(query: Query): Result;
  /** Estimates many questions at once: `query`, with the values of `columns` in place of its own. Without terms:
   *  decode_tok_s, ttft_s and memory_B. At most a million questions, and 16 million numbers in and out together. */
  estimateMany<Id extends TermId = 'decode_tok_s' | 'ttft_s' | 'memory_B'>(query: Query, columns: Columns, terms?: readonly Id[]): Many<Id>;
  /** Where every term of an answer comes from: formula, inputs, and what a tenth more of each input does. */
  explain(query: Query): { terms: ExplainedTerm[] };
  /** `axis`: a number of the query, "power_mode", "quant", or a field that `editable` lists. Without values: every power
   *  mode or quantization. */
  sweep(query: Query, axis: string, values?: ArrayLike<number> | string[]): Sweep;
  /** What would help a term (default: decode_tok_s) the most, the best first. */
  whatIf(query: Query, term?: string): WhatIf[];
  roofline(query: Query): Roofline;
  /** What may be edited of the query's device. */
  editable(query: Query): Editable[];
  /** The device's preset, which is given, with what the query edits of it (`set`), under a new id: for `addPreset`. */
  editedPreset(query: Query, devicePreset: string, id: string): string;
  /** `query.quant` may be "default": of each pair what `estimate` takes without being told. */
  explore(query: Query, bounds?: Bounds, limit?: number): Explored;
  /** Of a model, from the table of scores; refused where none was added. */
  quality(model: string): ModelQuality;
  /** The scales that hold several models, most first. */
  benchmarks(): Scale[];
  catalog(): CatalogList;
  version(): { version: string; compiler: string };
}

/** The whole engine. */
export interface Edgewise extends Estimator {
  /** What is wrong with a preset (JSON text): its shape, its numbers, and physics. Nothing is added. */
  check(text: string): { problems: PresetProblem[] };
  /**
   * Adds the model that files describe, and returns its id: a model preset; a Hugging Face config.json; the header of
   * a .gguf file, or of every part of one that is split; safetensors headers with their config.json. `name`: its id,
   * and what it is called; left out: what the files call it.
   */
  importModel(input: ModelFiles, name?: string): string;
  /** The preset of such a model as JSON text, for `addPreset` of any engine. Nothing is added. */
  modelPreset(input: ModelFiles, name?: string): string;
  /** The preset of the query's device, which is given, with what its known numbers say as a calibration that was
   *  measured: for `addPreset`, or to be published. `id` becomes that of the preset; empty: the device's own. */
  knownPreset(query: Query, devicePreset: string, id?: string): string;
  /** Known numbers of the query's device out of what an engine printed there (llama-bench, llama-server, Ollama, vLLM,
   *  mlx_lm, ...), or out of statements: for `query.known`. What the text does not say is as in the query. */
  knownFrom(query: Query, printed: string): { known: string[]; remarks: string[]; facts: string[] };
  /** Many users at once: how long they wait, and the largest rate that keeps a promise. */
  serving(query: Query, load?: Load): Serving;
}
/** One file, or several with their names. Of weights the beginning is enough, as far as the header goes. */
export type ModelFiles = FileBytes | { name: string; bytes: FileBytes }[];
export type FileBytes = string | Uint8Array | ArrayBuffer;

export interface LoadOptions {
  /** Where edgewise-engine.wasm is (of `edgewise/estimate`: edgewise-estimate.wasm); default: beside this module. A relative
   *  address is one of the page, under Node a path. */
  wasmUrl?: string | URL;
  /** Its bytes, where they are at hand already. */
  wasmBinary?: ArrayBuffer | Uint8Array;
  /** Presets to begin with, as `addPresets` takes them: those of `edgewise/presets`, or others. */
  presets?: string | string[];
}
/** Loads the whole engine. Throws EdgewiseError, with what helps. */
export declare function load(options?: LoadOptions): Promise<Edgewise>;
