import type { panels as English } from '../en/panels';

export const panels: typeof English = {
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
    taken: 'Other programs',
    lent: 'Lent at most',
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
    experts: 'The experts of {n} of {layers} layers stay with the host; all else fits on the accelerator.',
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
    vision: 'Vision tower',
    audio: 'Audio tower'
  },
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
  }
};
