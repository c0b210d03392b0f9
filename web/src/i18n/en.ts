/** Every text of the page. No sentence is built by joining pieces: `fill` puts values into {places}. */
export const locale = 'en';

export const en = {
  name: 'Edgewise',
  tagline: 'Does this language model run on that device?',
  skip: 'Skip to the answer',
  nav: {
    label: 'Views',
    calculator: 'Calculator',
    explore: 'Explore',
    method: 'Method',
    accuracy: 'Accuracy'
  },
  theme: { toLight: 'Switch to the light theme', toDark: 'Switch to the dark theme' },
  loading: 'Loading the engine…',
  loadingDevice: 'Loading the device…',
  failed: 'The engine could not be started: {message}',
  retry: 'Try again',
  close: 'Close',
  unknown: 'unknown',
  none: 'none',
  defaultMark: '{name} (default)',

  form: {
    title: 'Your setup',
    model: 'Model',
    device: 'Device',
    quant: 'Quantization',
    runtime: 'Runtime',
    mode: 'Power mode',
    modeDefault: 'As shipped',
    workload: 'Workload',
    prompt: 'Prompt',
    generate: 'Generate',
    depth: 'Already in context',
    batch: 'Parallel requests',
    images: 'Images per request',
    kv: 'KV cache format',
    threads: 'CPU threads',
    threadsAuto: 'auto',
    context: 'Allocated context',
    contextAuto: 'auto',
    more: 'More settings',
    moreCount: 'More settings ({n} set)',
    economics: 'Power and cost',
    battery: 'Battery',
    electricity: 'Electricity',
    requests: 'Requests',
    life: 'Device life',
    tokens: 'tokens',
    wh: 'Wh',
    perKwh: 'USD/kWh',
    perDay: 'per day',
    years: 'years',
    always: 'nonstop',
    optional: 'not set',
    reset: 'Reset',
    hint: 'Numbers may be written as 4k, 8 Ki or 0,30.',
    badNumber: 'This is not a number. Write it as 4096, 4k, 4 Ki or 0.3.',
    outOfRange: 'Must be between {min} and {max}.',
    noMatch: 'Nothing matches “{text}”.',
    results: '{n} found',
    open: 'Show all: {label}',
    yours: 'Your own',
    linked: 'From a link',
    catalog: 'Catalog of {host}',
    billion: '{n} B',
    million: '{n} M'
  },

  files: {
    title: 'Your own model or device',
    text: 'Drop a file anywhere on this page, or paste its text: a preset, a Hugging Face config.json or a .gguf. It stays in this browser.',
    choose: 'Choose a file',
    paste: 'Paste JSON',
    pasteLabel: 'JSON of a preset or a config.json',
    use: 'Use it',
    drop: 'Drop to use this file',
    added: '{name} is now in use.',
    rejected: '{file} was not accepted',
    syntax: 'is not valid JSON: {message}',
    unreadable: 'is neither JSON nor a GGUF file',
    pasted: 'The pasted text',
    wrongKind: 'Only a preset of this kind is taken here: {kinds}.',
    dismiss: 'Dismiss'
  },

  remote: {
    insecure: 'The page reads addresses that begin with https:, and those of its own server.',
    credentials: 'The address holds a name or a password. The page sends none.',
    badSum: 'What follows # in the address is no sha256=… sum.',
    missing: 'There is no such file there (status {status}).',
    status: 'The server answered with status {status}.',
    cors: 'The server is there, but does not let other pages read this file: it would have to send Access-Control-Allow-Origin (CORS).',
    unreachable: 'No server could be reached there, or the browser did not allow it.',
    slow: 'It took longer than {n} seconds.',
    large: 'It is larger than {most} kB, which no preset is.',
    otherSum: 'The file is not the one that was meant: its SHA-256 sum is another. It was changed since.',
    noSum:
      'This page came without https:, so the browser offers no way to compute the SHA-256 sum that the address asks for.',
    noText: 'The file is not text.'
  },
  origin: {
    loading: 'Loading the device from {host}…',
    failed: 'The device from {host} could not be used',
    measured: 'Measured by its owner on {date}.',
    measuredOnce: 'Measured by its owner.',
    unmeasured: 'Without measurements of its own.',
    from: '{name} comes from {host}.',
    unreviewed: 'Not reviewed.',
    file: 'The preset file',
    remove: 'Remove',
    absent: 'Without the device there is nothing to compute.'
  },
  catalogs: {
    title: 'Catalogs of devices',
    text: 'A catalog lists devices that others measured. It is kept in this browser and asked each time the page opens.',
    label: 'Address of a catalog',
    add: 'Add',
    again: 'Refresh',
    remove: 'Remove',
    loading: 'is loading…',
    one: 'lists one device.',
    count: 'lists {n} devices.',
    failed: 'could not be used: {reason}',
    noAddress: 'This is no address: it begins with https://.'
  },
  mustBe: {
    object: 'must be an object',
    catalog: 'must be "catalog"',
    one: 'must be 1',
    list: 'must be a list',
    text: 'must be text',
    sum: 'must be 64 hexadecimal digits',
    address: 'must be an address: https://…, or from / or ./ on',
    addresses: 'must be a list of addresses: https://…, or from / or ./ on',
    once: 'stands twice'
  },

  verdict: { fits: 'Yes, it runs', tight: 'Barely', no: 'It does not fit', unknown: 'Unknown' },
  sentence: {
    fits: '{model} needs {memory} of {usable} usable on {device}.',
    tight: '{model} needs {memory} of {usable} usable on {device}: almost nothing is left for anything else.',
    no: '{model} needs {memory}, but {device} has {usable} usable.',
    unknown: 'The memory that {model} needs on {device} cannot be computed.',
    speed: 'It writes {rate} tokens a second, limited by {bound}.',
    speedRange: 'It writes {rate} tokens a second ({low} to {high}), limited by {bound}.',
    speedUnknown: 'How fast it would be is unknown.',
    paging: 'Read from storage again for every token, it would take about {time} per token.',
    host: '{n} of {layers} layers fit; the rest would stay with the host.',
    hostUnknown: 'What does not fit would stay with the host.',
    out_of_memory: 'Loading would run out of memory.'
  },
  announce: '{verdict}. {sentence} {speed}',
  bounds: {
    bandwidth: 'memory bandwidth',
    compute: 'compute',
    'fixed cost': 'fixed costs',
    unknown: 'something unknown'
  },
  boundsShort: { bandwidth: 'bandwidth', compute: 'compute', 'fixed cost': 'fixed cost', unknown: 'unknown' },
  sure: {
    measured: 'Measured on this device',
    measuredText: 'Its owner measured it with this runtime.',
    fitted: 'Fitted from {n} published configurations',
    fittedOne: 'Fitted from one published configuration',
    fittedText: 'They were measured on this device with this runtime.',
    related: 'Estimated from similar devices',
    relatedText: 'No measurement of this pair is known; parameters come from devices of the same class.',
    datasheet: 'Datasheet only',
    datasheetText: 'Nothing similar was measured: treat this as an order of magnitude.',
    interval: '{text} Ranges hold about 80 % of held-out measurements.'
  },
  how: { computed: 'computed', measured: 'measured', fitted: 'fitted', estimated: 'estimated' },
  origins: {
    title: 'By whom and when',
    speed: 'Speed',
    power: 'Power and energy',
    memory: 'Memory',
    device: 'Device data',
    measured: 'Measured by the owner of the device: {n} configurations',
    measuredOne: 'Measured by the owner of the device: one configuration',
    microbenchmarks:
      'Measured by the owner of the device, with microbenchmarks: what language models reach of their rates is taken from similar devices',
    row: 'one row',
    rows: '{n} rows',
    oneMore: 'and one more source',
    more: 'and {n} more sources',
    on: 'on {date}',
    by: 'by {tool}',
    fitted: 'Fitted from {n} configurations that others published',
    fittedOne: 'Fitted from one configuration that others published',
    related: 'Estimated with parameters that were fitted to other devices of its class',
    datasheet: 'Estimated from the datasheet with the runtime’s defaults',
    powerMeasured: 'Measured by the owner of the device',
    powerFitted: 'Fitted from published measurements',
    powerEstimated: 'Estimated from the idle and load power of the device data',
    sensor: 'read from {source}',
    scope: {
      wall: 'the whole system at the plug',
      module: 'the board or module, without its supply',
      soc: 'rails of the chip only',
      gpu: 'the card only'
    } as Record<string, string>,
    covers: 'covers {scope}',
    memoryText:
      'Computed from the shape of the model and the bytes of the quantization. Nothing in it is fitted to a device.',
    groups: {
      memory: 'Memory',
      cpu: 'Processor',
      gpu: 'GPU',
      npu: 'NPU',
      power: 'Power',
      price: 'Price'
    } as Record<string, string>,
    confidence: {
      read: 'read in a source',
      derived: 'derived from what was read',
      assumed: 'assumed',
      mixed: 'partly assumed'
    } as Record<string, string>,
    known: '{group}: {confidence}.',
    bundled: 'From the presets of this page, revision {revision}.',
    own: 'From your own file; nobody reviewed it.',
    foreign: 'From {host}; nobody of this page reviewed it.'
  },

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
    range: '{low} to {high}',
    ifFits: 'if memory sufficed',
    needs: 'needs {fields}',
    why: 'Why: {label}'
  },

  actions: {
    label: 'Actions',
    pin: 'Pin to compare',
    pinned: 'Pinned',
    pinFull: 'Four are pinned',
    link: 'Copy link',
    command: 'Copy as command',
    export: 'Export',
    json: 'JSON, the whole result',
    csv: 'CSV, every term',
    markdown: 'Markdown table',
    embed: 'Embed code',
    preset: 'Preset of the device',
    copied: 'Copied.',
    commandWith: 'Copied. The command reads the device from {file}: put it there.',
    linkWithout: 'Copied, but the link cannot carry {name}: send the file along.',
    copyFailed: 'Your browser did not allow copying. Here it is:',
    saved: 'Saved as {name}.'
  },

  memory: {
    title: 'Memory',
    chart: 'Memory by part',
    desc: '{memory} of {usable} usable memory; the device has {capacity}.',
    weights: 'Weights',
    kv: 'KV cache',
    state: 'Recurrent state',
    buffer: 'Compute buffer',
    reserve: 'Runtime',
    free: 'Free',
    system: 'System',
    over: 'Too much',
    usable: 'usable {value}',
    maxContext: 'Largest context',
    maxBatch: 'Most parallel requests',
    load: 'Loading the model',
    loadCold: 'cold',
    loadWarm: 'warm',
    perToken: 'KV cache per token',
    noFit: 'What happens instead',
    host: '{n} of {layers} layers fit on the accelerator. The rest runs on the host, over its link and memory.',
    hostUnknown: 'What does not fit on the accelerator runs on the host, over its link and memory.',
    paging: 'The system would read weights from storage again for every token: about {time} per token.',
    out_of_memory: 'Loading would run out of memory.',
    shorter: 'It would fit with a context of up to {n} tokens.',
    smaller: 'Try a smaller quantization, a shorter context or a device with more memory.'
  },

  time: {
    title: 'Where the time goes',
    decode: 'One token',
    prefill: 'The prompt',
    chart: 'Time by operator, {phase}',
    desc: '{phase} takes {total}. {operator} takes most of it, {share}.',
    limit: 'What limits it',
    operator: 'Operator',
    timeColumn: 'Time',
    share: 'Share',
    bound: 'Bound by',
    decodeBound: {
      bandwidth:
        'Writing a token reads {bytes} from memory. At {bandwidth} that takes most of the {time}: faster memory or fewer bits per weight would help, more cores would not.',
      compute:
        'Writing a token is bound by arithmetic: the processor cannot unpack and multiply the weights as fast as memory delivers them. A simpler format or a faster processor would help.',
      'fixed cost':
        'Writing a token is bound by fixed costs of the runtime: launches and synchronisation take longer than the work itself. Larger batches would help.',
      unknown: 'What binds the decode speed is unknown.'
    },
    prefillBound: {
      bandwidth:
        'Reading the prompt is bound by memory bandwidth: the prompt is short enough that weights take longer to arrive than to use.',
      compute: 'Reading the prompt is bound by arithmetic: time grows with every prompt token.',
      'fixed cost': 'Reading the prompt is bound by fixed costs of the runtime.',
      unknown: 'What binds the prompt is unknown.'
    },
    table: 'As a table'
  },
  operators: {
    embedding: 'Embedding',
    qkv: 'Query, key, value',
    attention: 'Attention',
    attention_output: 'Attention output',
    mlp: 'Feed-forward',
    experts: 'Experts',
    recurrent: 'Recurrent layers',
    head: 'Output head',
    other: 'Norms and steps',
    vision: 'Vision tower'
  } as Record<string, string>,

  context: {
    title: 'As the context grows',
    speed: 'Decode speed',
    memory: 'Memory',
    axis: 'tokens in context',
    speedDesc: 'From {a} tok/s at {x0} tokens to {b} tok/s at {x1} tokens.',
    memoryDesc: 'From {a} at {x0} tokens to {b} at {x1} tokens; usable memory is {usable}.',
    usable: 'usable',
    band: 'Shaded: where 80 % of measurements fall.',
    unknown: 'Speed is unknown, so there is nothing to draw.'
  },

  energy: {
    title: 'Power, energy and cost',
    power: 'Power',
    idle: 'Idle',
    decode: 'While writing',
    prefill: 'While reading',
    mean: 'Mean',
    energy: 'Energy',
    perToken: 'Per token',
    perM: 'Per million tokens',
    perJ: 'Tokens per joule',
    battery: 'Battery',
    hours: 'Runs for',
    requests: 'Requests per charge',
    setBattery: 'Set a battery under More settings.',
    cost: 'Cost',
    price: 'Device',
    electricity: 'Electricity per million tokens',
    device: 'Device per million tokens',
    all: 'Together',
    setPrice: 'For the cost of tokens, set an electricity price and a device life under More settings.',
    request: 'One request',
    latency: 'Whole answer',
    throughput: 'Throughput'
  },

  why: {
    formula: 'Formula',
    values: 'With these values',
    inputs: 'From',
    field: 'Set by',
    sensitivity: 'What would change it most',
    sensitivityNote: 'Effect of a tenth more of each.',
    sources: 'Sources of the preset',
    preset: 'Preset file',
    unknown: 'This is unknown. It would be known with:',
    range: '80 % range',
    back: 'Back',
    computeRate: 'Compute rate'
  },

  compare: {
    title: 'Compare',
    now: 'This choice',
    remove: 'Remove {name}',
    show: 'Show',
    best: 'best',
    table: 'Pinned choices side by side',
    verdict: 'Verdict',
    sure: 'How sure',
    price: 'Price',
    clear: 'Remove all',
    gone: 'This choice is no longer available.'
  },

  explore: {
    title: 'Explore',
    which: 'What are you looking for?',
    models: 'Models that run on',
    devices: 'Devices that run',
    speed: 'Speed of at least',
    ttft: 'First token within',
    memory: 'Memory up to',
    power: 'Power up to',
    price: 'Price up to',
    size: 'Model of at least',
    units: { speed: 'tok/s', ttft: 's', memory: 'GiB', power: 'W', price: 'USD', size: 'B parameters' },
    any: 'any',
    quant: 'Quantization',
    quantAny: 'Any, the largest that meets the bounds',
    quantDefault: 'Default of the runtime',
    workload: 'Workload: {prompt} tokens of prompt, {generate} of answer, as set in the calculator.',
    searching: 'Searching…',
    count: '{shown} of {n} combinations that fit',
    zero: 'Nothing meets these bounds. Loosen one of them.',
    pareto: 'On the frontier',
    paretoNote: 'A filled mark: no other is faster, larger and lighter at once.',
    paretoOnly: 'Frontier only',
    use: 'Open {name} in the calculator',
    columns: {
      model: 'Model',
      device: 'Device',
      quant: 'Quantization',
      parameters: 'Parameters',
      decode_tok_s: 'Decode',
      ttft_s: 'First token',
      memory_B: 'Memory',
      energy_per_token_J: 'Energy',
      price_usd: 'Price'
    },
    table: 'Combinations, sortable by column',
    more: 'Show more',
    failed: 'The search failed: {message}'
  },

  method: {
    title: 'Method',
    intro:
      'One engine, written in C++, computes every number on this page; the command line tool and the page give the same digits. It counts the work of each operator of the model from its architecture, tensor by tensor, and divides by the rates that the device reaches with the runtime. The time of an operator follows from its arithmetic, its memory traffic and a fixed cost, by the formulas below.',
    sure: 'Where measurements of the same device and runtime are published, the rates are fitted to them. Otherwise they come from devices of the same class, and otherwise from the datasheet. The 80 % ranges are the spread of errors on measurements that were held out of the fit, in that same situation.',
    unknown:
      'Where an input is missing, the result is unknown, never zero, and the page names the field that would make it known.',
    groups: {
      input: 'Inputs',
      memory: 'Memory',
      time: 'Time',
      bound: 'What binds',
      energy: 'Energy and cost'
    } as Record<string, string>
  },

  accuracy: {
    title: 'Accuracy',
    intro:
      '{rows} published measurements on {devices} devices with {runtimes} runtimes and {models} models, each predicted by a fit that has not seen it.',
    calibrated: 'Calibrated',
    unseen: 'Unseen',
    calibratedText:
      'The model is left out; the device is fitted to other models measured on it. What to expect of a new model on a known device.',
    unseenText: 'The whole device is left out. What to expect on a device that nobody measured.',
    error:
      'An error is |predicted ÷ measured − 1|. Every configuration (device, power mode, runtime, model, quantization, threads, batch) has one vote, the median of its rows. In range is the share of measurements inside the 80 % range that is shown with an answer.',
    chart: 'Predicted and measured',
    which: 'Which speed',
    decode: 'Decode',
    prefill: 'Prefill',
    only: 'Only {device}',
    panel: '{situation}, {kind}',
    desc: 'Each of {n} points is a configuration: measured speed to the right, predicted speed up, both logarithmic from {low} to {high} tok/s. {share} lie within a quarter of the diagonal, where both agree.',
    count: '{share} of {n} within ±25%',
    none: 'no such measurement',
    measured: 'Measured, tok/s',
    predicted: 'Predicted',
    pick: 'Point at a mark to see what it is. The band is ±25%.',
    point: '{model} {quant} on {device}, {runtime}: measured {value}, predicted {predicted} tok/s, {off}.',
    fast: '{n} too fast',
    slow: '{n} too slow',
    factorFast: '{n} × too fast',
    factorSlow: '{n} × too slow',
    sides: ['Other devices', 'Small boards and phones', 'Macs', 'Graphics cards'],
    all: 'All',
    small: 'Small boards',
    kindsTitle: 'Errors by what is predicted',
    classTitle: 'By device class',
    runtimeTitle: 'By runtime',
    peersTitle: 'Other calculators',
    worstTitle: 'The worst misses',
    kinds: {
      decode: 'Decode',
      prefill: 'Prefill',
      throughput: 'Throughput',
      power: 'Power',
      energy: 'Energy per token'
    } as Record<string, string>,
    memory: {
      model_buffer_mib: 'Weights',
      kv_cache_mib: 'KV cache',
      compute_buffer_mib: 'Compute buffer',
      model_load_mem_mib: 'Memory after loading',
      peak_mem_mib: 'Peak memory'
    } as Record<string, string>,
    table: '{title}: the table',
    what: 'What',
    class: 'Class',
    runtime: 'Runtime',
    n: 'Configurations',
    inside: 'In range, {situation}',
    memoryNote:
      'Memory is arithmetic: nothing in it is fitted to a device. What the power sensor of an unseen device measures is not known, hence its errors of power and energy.',
    cells: 'Median error · what nine in ten configurations stay under.',
    counts: 'Configurations: calibrated · unseen.',
    peersText:
      'Decode of one sequence by the formulas of other projects, with the same data for device and model. Each line counts the configurations that both answer, and Edgewise is measured on exactly those. The rule of thumb is shown once more with the factor that suits these measurements best. All of them are meant as rough guesses, MAX TPS as an upper bound.',
    peersWhich: 'On which devices',
    calculator: 'Calculator',
    theirs: 'Its error',
    oursUnseen: 'Edgewise, unseen',
    oursCalibrated: 'Edgewise, calibrated',
    scaled: 'Bandwidth ÷ file size × {factor}',
    worstWhich: 'Which prediction',
    configuration: 'Configuration',
    off: 'Off by',
    trust: 'Trust',
    source: 'Source',
    worstNote:
      'Trust: A raw logs, B vendor tables, C second-hand. {excluded} further rows are not compared, by reason in tests/validation/REPORT.md.',
    failed: 'The measurements could not be loaded: {message}'
  },

  notes: {
    badVersion:
      'This link was made by another version of the page ({v}), which this one cannot read. The defaults are shown.',
    otherPresets:
      'This link was made with other preset data, so its numbers may differ from those seen then.',
    unknownKeys: 'The link also holds settings that this page does not know: {keys}. They are kept.',
    replaced: '{what} “{id}” of the link is not known here; the default is shown.',
    error: 'This cannot be computed'
  },

  footer: {
    privacy:
      'Nothing you enter leaves this page. No tracking. Other servers are asked for nothing but devices and catalogs that you, a link or this site names.',
    counts: '{models} models, {devices} devices, {runtimes} runtimes, {quantizations} quantizations.',
    version: 'Version {version}, presets {revision}.'
  },
  embed: {
    open: 'Open in Edgewise',
    unavailable: 'This estimate could not be loaded.',
    address: 'A device of another address is shown by the page only.'
  }
};

export type Values = Record<string, string | number>;
/** Puts values into the {places} of a text. */
export const fill = (text: string, values: Values): string =>
  text.replace(/\{(\w+)\}/g, (whole, key: string) => (key in values ? String(values[key]) : whole));

export const classes: Record<string, string> = {
  sbc: 'Single-board computers',
  jetson: 'NVIDIA Jetson',
  'npu-module': 'NPU modules',
  automotive: 'Automotive',
  phone: 'Phones',
  tablet: 'Tablets',
  handheld: 'Handhelds',
  laptop: 'Laptops',
  'laptop-dgpu': 'Laptop GPUs',
  mac: 'Macs',
  'mini-pc': 'Mini PCs',
  desktop: 'Desktops',
  dgpu: 'Graphics cards',
  'dc-gpu': 'Data-centre GPUs',
  'server-cpu': 'Servers'
};
