import type { Answer } from './acts';
import { known } from './format';
import { joined, parted } from './known';
import { fileOf } from './remote';
import type { Query, Result } from './types';

/** A word of a command line, quoted where a shell would take it apart. */
const word = (s: string): string => (/^[\w@%+=:,./-]+$/.test(s) ? s : `'${s.replace(/'/g, `'\\''`)}'`);

/** What the command line calls a member of the question. */
const option = (member: string): string => `--${member.replace(/_/g, '-')}`;

/**
 * The line that gives the same answer in a terminal: every setting that is not as usual. Presets of the user's own are
 * read from files.
 */
export function command(a: Answer, r: Result, own: { model: boolean; device: boolean }): string {
  const { engine, query: asked } = a;
  const q: Partial<Query> = { ...asked, runtime: asked.runtime || r.runtime.id, kv_quant: r.query.kv_quant };
  const usual = new Map<string, number | null>(engine?.catalog.limits.map((l) => [l.field, l.default]));
  const file = (id: string, isOwn: boolean): string => (isOwn ? `./${fileOf(id)}` : id);
  const out = ['edgewise', 'estimate', '--model', word(file(r.model.id, own.model))];
  out.push('--device', word(file(r.device.id, own.device)));
  // What a file holds is what is computed.
  if (!r.quantization.of_file) out.push('--quant', word(r.quantization.id));
  for (const [member, value] of Object.entries(q)) {
    if (['model', 'device', 'quant', 'known', 'set', 'ways_out', 'quality'].includes(member)) continue;
    if (typeof value === 'number') {
      const shown = member === 'prompt' || member === 'generate';
      if (known(value) && (shown || value !== usual.get(member))) out.push(option(member), String(value));
    } else if (typeof value === 'boolean') {
      if (member === 'flash_attention') out.push(option(member), value ? '1' : '0');
      else if (value) out.push(option(member));
    } else if (value) out.push(option(member), word(value));
  }
  for (const number of parted(joined(q.known))) out.push('--known', word(number));
  for (const edit of parted(joined(q.set))) out.push('--set', word(edit));
  return out.join(' ');
}

interface Asked {
  a: Answer;
  r: Result;
  /** Where the weights are, on Hugging Face or as a file. */
  repo: string;
  file: string;
}
const count = (name: string, value: number | null | undefined, usual = 0): string[] =>
  known(value) && value !== usual ? [name, String(value)] : [];

/** Formats of keys and values, as llama.cpp's programs take them; none where they are its own. */
function cacheTypes(kv: string): string[] {
  const [, k, v] = /^k:([^,]+),v:(.+)$/.exec(kv) ?? [undefined, kv, kv];
  const type = (flag: string, format: string): string[] =>
    format && format.toUpperCase() !== 'F16' ? [flag, format.toLowerCase()] : [];
  return [...type('-ctk', k), ...type('-ctv', v)];
}
/** A cache of values in another format than its own takes flash attention. */
function flash({ flash_attention: asked, kv_quant: kv }: Result['query']): string[] {
  if (asked !== undefined) return ['-fa', Number(asked) ? '1' : '0'];
  return cacheTypes(kv).includes('-ctv') ? ['-fa', '1'] : [];
}
function llama({ r, file }: Asked): string[] {
  const q = r.query;
  const several = (q.batch ?? 1) > 1;
  const layers = r.instead?.kind === 'host' ? r.instead.layers_on_device : q.gpu_layers;
  const onHost = r.instead?.kind === 'host' ? r.instead.experts_on_host : q.cpu_moe;
  const workload = several
    ? [
        'llama-batched-bench',
        '-m',
        word(file),
        '-c',
        String((q.batch ?? 1) * ((q.prompt ?? 0) + (q.generate ?? 0))),
        '-npp',
        String(q.prompt),
        '-ntg',
        String(q.generate),
        '-npl',
        String(q.batch)
      ]
    : [
        'llama-bench',
        '-m',
        word(file),
        '-p',
        String(q.prompt),
        '-n',
        String(q.generate),
        ...count('-d', q.depth)
      ];
  return [
    ...workload,
    ...count('-ub', q.micro_batch, 512),
    ...count('-t', q.threads),
    ...(r.runtime.processor === 'cpu'
      ? ['-ngl', '0']
      : known(layers)
        ? ['-ngl', String(layers)]
        : ['-ngl', '99']),
    ...(known(onHost) && onHost > 0 ? ['-ncmoe', String(onHost)] : []),
    ...cacheTypes(q.kv_quant),
    ...flash(q),
    ...(q.kv_on_host ? ['-nkvo', ...(several ? [] : ['1'])] : [])
  ];
}

const lengths = (input: string, output: string, batch: string, { query: q }: Result): string[] => [
  batch,
  String(q.batch ?? 1),
  input,
  String(q.prompt),
  output,
  String(q.generate)
];
/** By family of runtime: what measures on the board what is estimated here. */
const lines: Record<string, (asked: Asked) => string[]> = {
  'llama.cpp': llama,
  'ik-llama.cpp': llama,
  vllm: ({ r, repo }) => [
    'vllm',
    'bench',
    'latency',
    '--model',
    word(repo),
    ...lengths('--input-len', '--output-len', '--batch-size', r),
    ...count('--gpu-memory-utilization', r.query.gpu_memory_utilization, NaN),
    ...(r.query.enforce_eager ? ['--enforce-eager'] : [])
  ],
  sglang: ({ r, repo }) => [
    'python',
    '-m',
    'sglang.bench_one_batch',
    '--model-path',
    word(repo),
    ...lengths('--input-len', '--output-len', '--batch-size', r)
  ],
  mlx: ({ r, repo }) => [
    'mlx_lm.benchmark',
    '--model',
    word(repo),
    ...lengths('--prompt-tokens', '--generation-tokens', '--batch-size', r)
  ]
};

/** The line that would test this estimate on the board; undefined: the runtime has no program for it. */
export function benchmark(a: Answer, r: Result): string | undefined {
  const preset = a.engine?.preset('models', r.model.id) as
    { hf_repo?: string; aliases?: string[] } | undefined;
  const repo = preset?.hf_repo ?? r.model.name;
  if (r.launcher?.id === 'ollama') {
    const tag = preset?.aliases?.find((x) => /^[a-z][\w.-]*:[\w.-]+$/.test(x)) ?? `hf.co/${repo}`;
    return `ollama run ${word(tag)} --verbose`;
  }
  const family = a.engine?.runtime(r.runtime.id)?.family ?? '';
  const file = `${r.model.name.split('/').pop()!.replace(/:.*$/, '')}-${r.quantization.id}.gguf`;
  return lines[family]?.({ a, r, repo, file }).join(' ');
}
