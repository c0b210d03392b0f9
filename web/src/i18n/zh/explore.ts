import type { explore as English } from '../en/explore';

export const explore: typeof English = {
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
  failed: 'The search failed: {message}'
};
