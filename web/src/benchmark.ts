import type { Answer } from './acts';
import { word } from './commands';
import { known } from './format';
import { starting } from './sentences';
import type { Result } from './types';

/** The line that measures on the board what is estimated here, and which rows of its table that is, where it has more. */
export interface Benchmark {
  line: string;
  rows: string[];
}

interface Asked {
  r: Result;
  /** The weights as a folder or on Hugging Face, and as a GGUF file. */
  repo: string;
  file: string;
  /** The weights there have 16 bit, and are to be made FP8 when they are loaded. */
  toFp8: boolean;
}
type Bench = (asked: Asked) => Benchmark | undefined;

const words = (...parts: string[]): string => parts.filter(Boolean).join(' ');
const option = (name: string, value: number | null | undefined): string =>
  known(value) && value > 0 ? `${name} ${value}` : '';
const lengths = ({ query: q }: Result): Record<'depth' | 'prompt' | 'generate' | 'batch', number> => ({
  depth: q.depth ?? 0,
  prompt: q.prompt ?? 0,
  generate: q.generate ?? 0,
  batch: q.batch ?? 1
});

function cacheTypes(kv: string): { k: string; v: string } {
  const [, k, v] = /^k:([^,]+),v:(.+)$/.exec(kv) ?? [undefined, kv, kv];
  return { k: k.toLowerCase(), v: v.toLowerCase() };
}
/** What the programs of llama.cpp and of its fork call alike; `on`, `off`: how they are told of flash attention. */
function common({ query: q }: Result, on: string, off: string): string {
  const { k, v } = cacheTypes(q.kv_quant);
  const flash = q.flash_attention === undefined ? undefined : Number(q.flash_attention) > 0;
  // A cache of values in another format than its own takes flash attention.
  const asked = flash ?? (v === 'f16' ? undefined : true);
  return words(
    q.micro_batch === 512 ? '' : option('-ub', q.micro_batch),
    option('-t', q.threads),
    k === 'f16' ? '' : `-ctk ${k}`,
    v === 'f16' ? '' : `-ctv ${v}`,
    asked === undefined ? '' : `-fa ${asked ? on : off}`
  );
}
/** How much of the model is on the device; `moe`: what the number of layers is called whose experts are not. */
function placed({ instead, query: q, runtime }: Result, none: string, moe: string): string {
  const host = instead?.kind === 'host' ? instead : undefined;
  // Where all layers are on the device, the output layer is too.
  const placedLayers = host && host.layers_on_device !== host.layers ? host.layers_on_device : undefined;
  const layers = q.gpu_layers ?? placedLayers ?? 99;
  const experts = host ? host.experts_on_host : q.cpu_moe;
  return words(runtime.processor === 'cpu' ? none : `-ngl ${layers}`, option(moe, experts));
}

/**
 * tools/llama-bench/README.md of ggml-org/llama.cpp. Prompts are read at the depth that is asked for, tokens are
 * written at the depth that there is after the prompt.
 */
function llamaBench({ r, file }: Asked): Benchmark {
  const { depth, prompt, generate } = lengths(r);
  const depths = [...(prompt ? [depth] : []), ...(generate ? [depth + prompt] : [])];
  const at = (test: string, d: number): string => (d ? `${test} @ d${d}` : test);
  return {
    line: words(
      `llama-bench -m ${word(file)} -p ${prompt} -n ${generate}`,
      depths.some(Boolean) ? `-d ${depths.join()}` : '',
      placed(r, '-dev none', '-ncmoe'),
      common(r, 'on', 'off'),
      r.query.kv_on_host ? '-nkvo 1' : ''
    ),
    rows: [
      ...(prompt ? [at(`pp${prompt}`, depth)] : []),
      ...(generate ? [at(`tg${generate}`, depth + prompt)] : [])
    ]
  };
}
/** tools/batched-bench/README.md and common/arg.cpp of ggml-org/llama.cpp; it begins with empty caches. */
function batchedBench({ r, file }: Asked): Benchmark | undefined {
  const { depth, prompt, generate, batch } = lengths(r);
  if (depth) return undefined;
  const line = words(
    `llama-batched-bench -m ${word(file)} -c ${batch * (prompt + generate)}`,
    `-npp ${prompt} -ntg ${generate} -npl ${batch}`,
    placed(r, '-dev none', '-ncmoe'),
    common(r, 'on', 'off'),
    r.query.kv_on_host ? '-nkvo' : ''
  );
  return { line, rows: [] };
}
/** examples/llama-bench of ikawrakow/ik_llama.cpp: it reads prompts at depth 0, and `-gp` writes after a prompt. */
function ikBench({ r, file }: Asked): Benchmark | undefined {
  const { depth, prompt, generate, batch } = lengths(r);
  if (depth || batch > 1) return undefined;
  const line = words(
    `llama-bench -m ${word(file)} -p ${prompt} -n 0 -gp ${prompt},${generate}`,
    placed(r, '-ngl 0', '--n-cpu-moe'),
    common(r, '1', '0'),
    r.query.kv_on_host ? '-nkvo 1' : ''
  );
  return { line, rows: [] };
}
/** Their tables of formats for the cache hold none of 32 bit. */
const llama =
  (bench: Bench): Bench =>
  (asked) =>
    Object.values(cacheTypes(asked.r.query.kv_quant)).includes('f32') ? undefined : bench(asked);

/** A program that runs so many sequences of equal length at once, from empty caches. `caches`: its flags for formats. */
const batched =
  (program: string, [size, input, output]: string[], caches: Record<string, string>): Bench =>
  ({ r, repo, toFp8 }) => {
    const { depth, prompt, generate, batch } = lengths(r);
    const cache = caches[r.query.kv_quant.toUpperCase()];
    if (depth || cache === undefined) return undefined;
    const run = `${program} ${word(repo)} ${size} ${batch} ${input} ${prompt} ${output} ${generate}`;
    return { line: words(run, toFp8 ? '--quantization fp8' : '', cache), rows: [] };
  };
const names = ['--batch-size', '--input-len', '--output-len'];
const ownFormat = { F16: '', BF16: '' };

/** vllm/benchmarks/latency.py of vllm-project/vllm; docs.vllm.ai/en/latest/cli/bench/latency */
const vllm: Bench = (asked) => {
  const caches = { ...ownFormat, FP8: '--kv-cache-dtype fp8' };
  const bench = batched('vllm bench latency --model', names, caches)(asked);
  const q = asked.r.query;
  const more = words(
    option('--max-model-len', q.context),
    option('--gpu-memory-utilization', Number(starting(asked.r.warnings)?.share) || q.gpu_memory_utilization),
    q.enforce_eager ? '--enforce-eager' : ''
  );
  return bench && { ...bench, line: words(bench.line, more) };
};

/** By family of runtime. What is not here has no program that measures the same, or none whose options are known. */
const benches: Record<string, Bench> = {
  'llama.cpp': llama((asked) => (lengths(asked.r).batch > 1 ? batchedBench(asked) : llamaBench(asked))),
  'ik-llama.cpp': llama(ikBench),
  vllm,
  // python/sglang/bench_one_batch.py of sgl-project/sglang; docs.sglang.io/docs/advanced_features/server_arguments
  sglang: batched('python -m sglang.bench_one_batch --model-path', names, {
    ...ownFormat,
    FP8: '--kv-cache-dtype fp8_e4m3'
  }),
  // mlx_lm/benchmark.py of ml-explore/mlx-lm
  mlx: batched(
    'mlx_lm.benchmark --model',
    ['--batch-size', '--prompt-tokens', '--generation-tokens'],
    ownFormat
  )
};

interface Preset {
  hf_repo?: string;
  aliases?: string[];
  checkpoint?: { quantizations?: string[] };
}
/** Of Ollama's library, whose plain tags are Q4_K_M unless the model is published otherwise; huggingface.co/docs/hub/ollama. */
function ollama(
  { aliases = [], checkpoint }: Preset,
  { model, quantization: { id, of_file } }: Result
): string {
  const own = /^[\w.-]+\/[\w.-]+(:[\w.-]+)?$/.exec(model.id.replace(/~\d+$/, ''));
  if (of_file) return own ? `hf.co/${own[0]}` : '';
  const plain = id === 'Q4_K_M' || checkpoint?.quantizations?.includes(id);
  return (plain && aliases.find((x) => /^[a-z][\w.-]*:[\w.-]+$/.test(x))) || '';
}

/** The line that would test this estimate on the board; undefined: none is known for what is asked. */
export function benchmark(a: Answer, r: Result): Benchmark | undefined {
  const preset = (a.engine?.preset('models', r.model.id) ?? {}) as Preset;
  // None of these programs takes pictures or sound.
  if (r.query.images || r.query.audio_s) return undefined;
  if (r.launcher?.id === 'ollama') {
    const tag = ollama(preset, r);
    return tag ? { line: `ollama run ${word(tag)} --verbose`, rows: [] } : undefined;
  }
  const { id, of_file, family: of } = r.quantization;
  const name = r.model.name.split('/').pop()!.replace(/:.*$/, '');
  const stored = preset.checkpoint?.quantizations;
  const toFp8 = id === 'fp8' && !stored && preset.hf_repo !== undefined;
  const published = stored?.includes(id) ?? (of === 'full-precision' || toFp8);
  const own = of_file && /^[\w.-]+\/[\w.-]+$/.test(r.model.id) ? r.model.id : undefined;
  const repo = (published ? preset.hf_repo : undefined) ?? own ?? `./${name}-${id}`;
  const family = a.engine?.runtime(r.runtime.id)?.family ?? '';
  // A fork under another name has programs of its own.
  if (!r.runtime.id.startsWith(family)) return undefined;
  return benches[family]?.({ r, repo, toFp8, file: `${name}-${id}.gguf` });
}
