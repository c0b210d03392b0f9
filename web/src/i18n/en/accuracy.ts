export const accuracy = {
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
  pick: 'Point at a mark, or use the arrow keys in a chart, to see what it is. The band is ±25%.',
  point: '{model} {quant} on {device}, {runtime}: measured {value}, predicted {predicted} tok/s, {off}.',
  at: 'Measured {value}, predicted {predicted} tok/s, {off}.',
  fast: '{n} too fast',
  slow: '{n} too slow',
  factorFast: '{n} × too fast',
  factorSlow: '{n} × too slow',
  sides: ['Other devices', 'Small boards and phones', 'Macs', 'Graphics cards'],
  all: 'All',
  small: 'Small boards',
  kindsTitle: 'Errors by what is predicted',
  leftOutTitle: 'Errors by how much was left out',
  leftOutLead:
    'A prediction is only tested by measurements that it has not seen. How much it has not seen decides how far off it may be.',
  leftOut: {
    row: 'Rows left out',
    calibrated: 'Model left out',
    study: 'Study left out',
    unseen: 'Board left out',
    class: 'Class left out',
    noise: 'Between two studies'
  },
  leftOutText: {
    row: 'A fifth of what was measured on the board. What to expect where others have measured nearly the same.',
    calibrated:
      'All of one model on the board. What to expect of a new model on a board that others have measured. Called calibrated elsewhere on this page.',
    study:
      'All that one source measured on the board: one repository, one paper, one person. What to expect when you measure a known board yourself, with your own cooling, versions and settings. One number of yours, given in the calculator, brings it nearer.',
    unseen:
      'All of one board. What to expect of a board that nobody measured. Called unseen elsewhere on this page.',
    class: 'All boards with this kind of processor. What to expect of a new kind that nobody measured.',
    noise:
      'No prediction, but how far two sources that measured the same thing lie apart. This is the floor: nothing can be close to both.'
  },
  leftOutCell: '{share} in range · {n}',
  leftOutBelow: 'Below: the share in range where ten or more configurations count, and how many there are.',
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
  rule: 'Bandwidth ÷ file size',
  scaled: 'Bandwidth ÷ file size × {factor}',
  worstWhich: 'Which prediction',
  configuration: 'Configuration',
  off: 'Off by',
  trust: 'Trust',
  source: 'Source',
  worstNote:
    'Trust: A raw logs, B vendor tables, C second-hand. {excluded} further rows are not compared, by reason in presets/measurements/REPORT.md.',
  failed: 'The measurements could not be loaded: {message}'
};
