export const answer = {
  editedDevice: 'Edited device: {changes}.',
  verdict: {
    runs_well: 'Runs well',
    runs_slowly: 'Runs, slowly',
    likely_fits: 'Likely fits',
    with_host: 'Runs with parts on the host',
    does_not_run: 'Does not run',
    unknown: 'Unknown'
  },
  sentence: {
    runs_well: '{model} needs {memory} of {usable} usable on {device}.',
    runs_slowly: '{model} needs {memory} of {usable} usable on {device}.',
    likely_fits: '{model} needs {memory}, at most {high}, of {usable} usable on {device}.',
    with_host: '{model} needs {memory}, but {device} has {usable} usable.',
    does_not_run: '{model} needs {memory}, but {device} has {usable} usable.',
    unknown: 'Memory or speed of {model} on {device} cannot be computed.',
    slowDecode: 'That is slower than people read.',
    slowTtft: 'The first token comes after {time}.',
    speed: 'It writes {rate} tokens a second, limited by {bound}.',
    speedRange: 'It writes {rate} tokens a second ({low} to {high}), limited by {bound}.',
    each: 'That is {rate} for each of {n} requests.',
    reads: 'It reads {rate} tokens a second, limited by {bound}.',
    readsRange: 'It reads {rate} tokens a second ({low} to {high}), limited by {bound}.',
    speedUnknown: 'How fast it would be is unknown.',
    paging: 'Read from storage again for every token, it would take about {time} per token.',
    host: '{n} of {layers} layers are on the device; the rest stays with the host.',
    experts: 'The experts of {n} of {layers} layers stay with the host.',
    hostUnknown: 'What does not fit stays with the host.',
    out_of_memory: 'Loading would run out of memory.'
  },
  bounds: {
    bandwidth: 'memory bandwidth',
    compute: 'compute',
    'fixed cost': 'fixed costs',
    unknown: 'something unknown'
  },
  boundsShort: { bandwidth: 'bandwidth', compute: 'compute', 'fixed cost': 'fixed cost', unknown: 'unknown' },
  sure: {
    corrected: 'Corrected by your number',
    correctedText: 'The rest is as it was, moved as far as your number says.',
    measured: 'Measured on this device',
    measuredText: 'Its owner measured it with this runtime.',
    fitted: 'Fitted from {n, plural, =1 {one published configuration} other {# published configurations}}',
    fittedText: 'Measured on this device with this runtime.',
    split: 'Estimated: not on the device alone',
    splitText: 'A host, other devices or the storage take part; what was measured is of the device alone.',
    related: 'Estimated from similar devices',
    relatedText:
      'Nobody published just this: it rests on devices like it, or on this one as it was measured.',
    datasheet: 'Datasheet only',
    datasheetText: 'Nothing similar was measured: treat this as an order of magnitude.',
    interval: 'Ranges hold about 80 % of held-out measurements.'
  },
  how: {
    computed: 'computed',
    corrected: 'corrected',
    measured: 'measured',
    fitted: 'fitted',
    estimated: 'estimated'
  },
  origins: 'By whom and when',
  ways: {
    kinds: {
      kv_cache: 'KV cache {kv_quant}',
      context: 'context {context}',
      batch: '{batch, plural, one {# sequence at once} other {# sequences at once}}',
      session: 'without a desktop',
      gpu_memory: '{gpu_memory_gib} GiB lent to the GPU',
      power_mode: 'power mode {power_mode}',
      option: 'without {option}'
    } as Record<string, string>,
    title: 'Ways out',
    label: '{label}: {verdict}',
    numbers: '{memory}, {speed}',
    numbersTtft: '{memory}, {speed}, first token {ttft}',
    more: 'Every device that runs it',
    looking: 'Looking at other models and devices…'
  },
  /** What may be missing, by its field. */
  fields: {
    'device.power.idle_w': 'the idle power of the device',
    'device.power.load_w': 'its power under load',
    'device.storage': 'the speed of its storage',
    'device.memory.capacity_gib': 'enough memory',
    'device.memory.peak_bandwidth_gb_s': 'its memory bandwidth'
  } as Record<string, string>,
  qualityOf: 'What does {quant} cost in quality?',
  big: {
    label: 'Key numbers',
    memory: 'Memory',
    memoryNote: 'of {usable} usable',
    ttft: 'First token',
    ttftNote: '{n} tokens read at {rate}',
    speed: 'Decode speed',
    speedNote: '{time} per token',
    speedNoteBatch: '{time} per step of {n}',
    energy: 'Energy per token',
    energyNote: '{power} while writing',
    scopes: {
      soc: 'of the chip',
      module: 'of the board',
      gpu: 'of the card',
      wall: 'of the system',
      rail: 'of one rail'
    },
    range: '{low} to {high}',
    needs: 'needs {fields}',
    why: 'Why: {label}'
  },
  actions: {
    picture: 'The answer',
    summary: 'CSV, one row each',
    bench: 'Benchmark command for the board',
    modelPreset: 'Preset of the model',
    noBench: 'For this question no benchmark command of {name} is known here.',
    benchRows: 'Copied. The rows to compare: {rows}.',
    longLink: 'Copied. The link has {n} characters; some programs cut such long ones.',
    label: 'Actions',
    pin: 'Pin to compare',
    pinned: 'Pinned',
    compare: 'Compare',
    compareThis: 'Pin {name} to compare',
    pinFull: '{n} are pinned',
    link: 'Copy link',
    command: 'Copy as command',
    export: 'Export',
    json: 'JSON, the whole result',
    csv: 'CSV, every term',
    markdown: 'Markdown table',
    embed: 'Embed code',
    preset: 'Preset of the device',
    copied: 'Copied.',
    commandWith: 'Copied. The command reads the preset from {file}: put it there.',
    copyFailed: 'Your browser did not allow copying. Here it is:',
    saved: 'Saved as {name}.',
    use: 'Open {name} in the calculator'
  }
};
