// What is timed, wherever it runs: node and Chromium ask the same of the same engine.

/** The best of several, in milliseconds: what disturbs makes it slower, never faster. */
export async function best_ms(run, at_least_ms = 300) {
  await run();
  let best = Infinity;
  for (const end = performance.now() + at_least_ms; performance.now() < end; ) {
    const begin = performance.now();
    await run();
    best = Math.min(best, performance.now() - begin);
  }
  return best;
}

export const rows = 100_000;

const operations = {
  presets: (engine, { sequence }) => () => engine.addPresets(sequence),
  meant: (engine, { text }) => () => engine.meant('model', text),
  estimate: (engine, { query }) => () => engine.estimate(query),
  explain: (engine, { query }) => () => engine.explain(query),
  whatIf: (engine, { query }) => () => engine.whatIf(query, 'decode_tok_s'),
  sweep: (engine, { query, axis, values }) => () => engine.sweep(query, axis, values),
  explore: (engine, { query, bounds }) => () => engine.explore(query, bounds),
  check: (engine, { bytes }) => () => engine.check(new TextDecoder().decode(bytes)),
  modelPreset: (engine, { bytes }) => () => engine.modelPreset(bytes, 'bench')
};

/**
 * Estimates a second of each case, and milliseconds of each operation. `sequence`: paths of all presets; `read(path)`:
 * the bytes of a file; `root`: what modules are imported from; `folder`: of the package below it, whose modules leave
 * the benchmark out.
 */
export async function timed({ cases, operations: asked, sequence, read, root, folder }) {
  const [{ default: createEngine }, { source, start }, { whole }] = await Promise.all(['edgewise-engine.js', 'loading.mjs', 'engine.mjs'].map((file) => import(`${root}${folder}${file}`)));
  const wasmBinary = await read(`${folder}edgewise-engine.wasm`);
  const texts = new Map();
  for (const path of sequence) texts.set(path, `\x1e${new TextDecoder().decode(await read(path))}`);
  const inOne = (paths) => paths.map((path) => texts.get(path)).join('');
  /** An engine of these presets: `every` keeps one of so many, { models: 4 }. */
  const filled = async (every = {}) => {
    const raw = await start(createEngine, (own) => own, {}, source({ wasmBinary }));
    const engine = whole(raw);
    const place = {};
    engine.addPresets(inOne(sequence.filter((path) => {
      const [, kind] = path.split('/');
      place[kind] = (place[kind] ?? -1) + 1;
      return place[kind] % (every[kind] ?? 1) === 0;
    })));
    return { raw, engine };
  };
  const { raw, engine } = await filled();

  const perSecond = async (run) => rows / ((await best_ms(run)) / 1000);
  const prompt = Float64Array.from({ length: rows }, (_, i) => 512 + (i % 64));
  const all = inOne(sequence);
  const out = { cases: [], operations: [] };
  for (const { query } of cases)
    out.cases.push({
      alone: await perSecond(() => raw.benchmark(JSON.stringify(query), rows)),
      many: await perSecond(() => {
        if (engine.estimateMany(query, { prompt }).status.some((x) => x !== 0)) throw new Error('not all of them are answered');
      })
    });
  for (const one of asked) {
    const of = one.every ? (await filled(one.every)).engine : engine;
    const bytes = one.file && (await read(one.file));
    out.operations.push(await best_ms(operations[one.what](of, { ...one, bytes, sequence: all })));
  }
  return { found: out, engine };
}
