export const quality = {
  bits: 'bits',
  rate: 'tok/s',
  kept: 'quality',
  common: 'Most used',
  others: 'All others',
  keeps: '{quant} keeps {kept} of the quality of the unquantized model.',
  differs: 'Against the unquantized model, {quant} has {kept}.',
  unknown: 'Nobody published what {quant} costs in quality.',
  published: 'The model is published in this format.',
  measured: '{n, plural, one {One benchmark} other {# benchmarks}} of this model.',
  estimated: 'From {n, plural, one {one other model} other {# other models}} of like size.',
  scores: 'Unquantized: {list}.'
};
