// Prints the reference pages of the documentation, {page: Markdown} as JSON, from what the engine and the presets say.
import { readFileSync, readdirSync } from 'node:fs';
import { load as loadAnswerer } from '../../build/wasm/package/answer.node.mjs';
import { load } from '../../build/wasm/package/index.node.mjs';
import { presets } from '../../build/wasm/package/presets.mjs';

const json = (path) => JSON.parse(readFileSync(new URL(`../../presets/${path}`, import.meta.url), 'utf8'));
const edgewise = await load({ presets });
const catalog = edgewise.catalog();
const code = (text) => `\`${text}\``;
const list = (texts) => texts.map(code).join(', ');
/** A cell of a table. */
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function terms() {
  const { terms: all } = edgewise.explain(catalog.default_query);
  const by = new Map(all.map((term) => [term.id, term]));
  const groups = {
    input: ['Inputs', 'What a question states, and what presets and calibrations say.'],
    memory: ['Memory', 'What is held where. It is computed from the architecture, not fitted.'],
    time: ['Time', 'From loading to the last token.'],
    bound: ['What binds', 'Traffic and arithmetic of a step, and which of both it waits for.'],
    energy: ['Energy and cost', 'Power is of the scope that the answer names.']
  };
  const linked = (id) => (by.has(id) ? `[${code(id)}](#${id})` : code(id));
  /** Words that are terms lead to them; a formula that is none but words stays a sentence. */
  const formula = (text) =>
    text
      .split(/([A-Za-z_]\w*)/)
      .map((word, i) => (i % 2 && by.has(word) ? linked(word) : word.replace(/[*_<>]/g, '\\$&')))
      .join('');
  const described = (term) => {
    const named = new Set(term.formula.match(/[A-Za-z_]\w*/g));
    const others = term.inputs.filter(({ id }) => !named.has(id));
    return [
      `### ${term.label} { #${term.id} }`,
      `${code(term.id)}${term.unit ? `, ${term.unit}` : ''}. ${term.note}`,
      term.formula && `= ${formula(term.formula)}\n{ .formula }`,
      others.length && `Rests on ${others.map(({ id }) => linked(id)).join(', ')}.`,
      term.field && `Given by ${code(term.field)}.`
    ]
      .filter(Boolean)
      .join('\n\n');
  };
  const sections = Object.entries(groups).map(([group, [title, text]]) =>
    [`## ${title}`, text, ...all.filter((term) => term.group === group).map(described)].join('\n\n')
  );
  return `# Terms

The ${all.length} numbers that an answer consists of, as the engine defines them: \`id\`, unit, what it is, its formula, and the field
that gives it. The calculator's Method view shows the same with the values of your question.

${sections.join('\n\n')}
`;
}

const runtimes = readdirSync(new URL('../../presets/runtimes', import.meta.url)).map((file) =>
  json(`runtimes/${file}`)
);
const percent = (share) => `${(100 * share).toPrecision(2)} %`;

function runtimesPage() {
  const schema = json('schema/runtime.schema.json').properties;
  const memory = schema.memory.properties;
  const accuracy = new Map(json('accuracy.json').byRuntime.map(([id, decode]) => [id, decode]));
  const processors = { cpu: 'CPU', gpu: 'GPU', npu: 'NPU' };
  const value = (x) => (Array.isArray(x) ? list(x) : x === true ? 'yes' : x === false ? 'no' : String(x));
  const rules = (object, described, path = '') =>
    Object.entries(object).flatMap(([key, x]) =>
      key === 'note'
        ? []
        : x && typeof x === 'object' && !Array.isArray(x)
          ? rules(x, described[key].properties, `${path}${key}.`)
          : [[code(`${path}${key}`), value(x), cell(described[key].description)]]
    );
  const notes = ({ note, memory }) => [note, memory.note, memory.reserve?.note].filter(Boolean);
  const known = {
    read: 'read in a source',
    derived: 'derived from read numbers',
    assumed: 'own knowledge of a typical build, not read in a source, unless a note says where'
  };
  const described = (r) =>
    [
      `### ${r.name} { #${r.id} }`,
      `${code(r.id)}. Computes on the ${processors[r.processor]}${r.processor_classes ? ` (${r.processor_classes.join(', ')})` : ''}; runs ${list(r.quantizations)}, ` +
        `where nothing else is asked ${code(r.default_quantization)} with a cache of ${code(r.default_kv_format ?? 'F16')}` +
        `${r.kv_formats.length > 1 ? ` (can be ${list(r.kv_formats)})` : ''}.` +
        `${r.prefill_chunk ? ` A prompt passes over the weights ${r.prefill_chunk} tokens at a time.` : ''}` +
        `${r.host_runtime ? ` What the device does not hold is computed by [${code(r.host_runtime)}](#${r.host_runtime}).` : ''}`,
      table(['memory', 'value', 'meaning'], rules(r.memory, memory)),
      ...notes(r),
      `Numbers are ${known[r.confidence]}. Sources: ${r.sources.map((s) => (s.startsWith('http') ? `<${s}>` : s)).join(', ')}.\n{ .sources }`
    ].join('\n\n');
  return `# Runtimes and their memory

Memory is weights and their copies + KV cache + recurrent state + compute buffers + what the runtime holds besides. What each
runtime allocates by which rule is below, with its defaults; [the fields](presets/runtime.md) say what each key means. How fast a
runtime is was fitted to measurements: the median error is that of decode speed, with the model left out of the fit
([what that means](accuracy/index.md#what-is-compared)).

${table(
  ['runtime', 'on', 'default', 'cache', 'median error', 'configurations'],
  runtimes.map((r) => {
    const [n, median] = accuracy.get(r.id) ?? [];
    return [
      `[${r.name}](#${r.id})`,
      processors[r.processor],
      r.default_quantization,
      r.default_kv_format ?? 'F16',
      n ? percent(median) : 'unknown',
      n ?? 'none'
    ];
  })
)}

## Launchers

Programs that start one of these engines with defaults of their own ([fields](presets/launchers.md)): ${catalog.launchers.map(({ id, name }) => `${name} (${code(id)})`).join(', ')}.

## Each runtime

${runtimes.map(described).join('\n\n')}
`;
}

async function devices() {
  const engine = await loadAnswerer({ presets });
  const name = new Map(catalog.runtimes.map((runtime) => [runtime.id, runtime.name]));
  const { classes } = json('device-classes.json');
  const levels = ['measured', 'fitted', 'split', 'related', 'datasheet'];
  const { model } = catalog.default_query;
  const row = (device) => {
    const by = Object.fromEntries(levels.map((level) => [level, []]));
    for (const runtime of device.runtimes) {
      const { answer, errors } = engine.choose({ model, device: device.id, runtime });
      if (!answer) throw new Error(`${device.id}, ${runtime}: ${JSON.stringify(errors)}`);
      by[answer.sure.level].push({ runtime, n: answer.sure.configurations });
    }
    // Too large a model for a device is no less measured there.
    const own = [...by.measured, ...by.fitted, ...by.split].sort((a, b) => b.n - a.n);
    return { device, own, by };
  };
  const rows = catalog.devices.map(row);
  const measured = rows.filter(({ own }) => own.length);
  const section = ({ id, name: title }) => {
    const of = rows.filter(({ device }) => device.class === id);
    if (!of.length) return '';
    return `## ${title} { #${id} }\n\n${table(
      ['device', 'GiB', 'measured with (configurations)', 'from like devices', 'datasheet alone'],
      of.map(({ device, own, by }) => [
        `[${device.name}](../calculator/#v=1&d=${device.id})`,
        device.memory_gib ?? 'unknown',
        own.map(({ runtime, n }) => `${name.get(runtime)} (${n})`).join('; ') || 'none',
        by.related.length,
        by.datasheet.length
      ])
    )}`;
  };
  return `# Devices

${rows.length} devices are known. Of ${measured.length} the board was measured, in this or another memory size, with one runtime or more, by others who
published it. A name opens the calculator. An answer says how sure it is by what it rests on:

- **measured with**: the board's own measurements fit the runtime's parameters, in so many configurations (model, quantization, threads, batch);
- **from like devices**: this pair was not measured, and parameters come from devices of the same class; the number is that of runtimes;
- **datasheet alone**: nothing like it was measured with that runtime: take it as an order of magnitude.

How far each lies off is under [Accuracy](accuracy/index.md). A board of yours becomes a measured one by [two minutes of measuring](boards/companion.md).

${classes.map(section).filter(Boolean).join('\n\n')}
`;
}

console.log(
  JSON.stringify({ 'terms.md': terms(), 'runtimes.md': runtimesPage(), 'devices.md': await devices() })
);
