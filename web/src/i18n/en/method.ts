export const method = {
  intro:
    'One engine, written in C++, computes every number on this page; the command line tool and the page give the same digits. It counts the work of each operator of the model from its architecture, tensor by tensor, and divides by the rates that the device reaches with the runtime. The time of an operator follows from its arithmetic, its memory traffic and a fixed cost, by the formulas below.',
  sure: 'Where measurements of the same device and runtime are published, the rates are fitted to them. Otherwise they come from devices of the same class, and otherwise from the datasheet. The 80 % ranges are the spread of errors on measurements that were held out of the fit, in that same situation.',
  notices: 'Licences of the software of others in this page',
  unknown:
    'Where an input is missing, the result is unknown, never zero, and the page names the field that would make it known.',
  example: 'A worked example: {model}, {quant}, on {device}',
  token: 'One token',
  prompt: 'The prompt',
  parts:
    'Its operators take {memory} for memory, {compute} for arithmetic and {fixed} of fixed costs; what overlaps counts once: {total}.',
  steps: {
    decode_bytes: 'Each token reads the weights that it needs, and the KV cache so far.',
    bandwidth_Bps: 'So fast does this runtime read weights on this device.',
    tpot_mean_s: 'Bytes over bandwidth, where memory binds; the slower of memory and arithmetic weighs most.',
    decode_tok_s: 'Tokens per second are its inverse, times the sequences at once.',
    prefill_operations: 'All tokens of the prompt go through every matrix together: arithmetic decides.',
    prefill_weights_per_s: 'So many multiply-adds does this runtime reach in large products.',
    ttft_s: 'Operations over that rate, with attention and fixed costs.',
    prefill_tok_s: 'Tokens of the prompt over that time.'
  } as Record<string, string>,
  sureTitle: 'How sure an answer is',
  glossary: 'Glossary',
  filter: 'Find a term by name, id or unit',
  matches: '{n, plural, one {# term} other {# terms}}',
  groups: {
    input: 'Inputs',
    memory: 'Memory',
    time: 'Time',
    bound: 'What binds',
    energy: 'Energy and cost'
  } as Record<string, string>
};
