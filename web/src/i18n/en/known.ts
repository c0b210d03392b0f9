export const known = {
  save: 'Save as a preset of the device',
  text: 'One speed that you measured on this device corrects all that is shown, other models and formats too.',
  of: 'With {model}, {quant}',
  metric: 'What you measured',
  decode: 'Decode speed, tok/s',
  prefill: 'Prompt of 512 tokens, tok/s',
  ttft: 'First token after 512, ms',
  power: 'Power while writing, W',
  value: 'Your number',
  use: 'Correct',
  paste: 'Of another model, or from Ollama',
  pasteLabel: 'A line such as decode=11.2 llama-3.2-1b Q4_K_M, or what ollama run --verbose prints',
  item: '{value} {unit} of {kind}, {name}',
  expected: 'expected: {value}',
  remove: 'Remove: {name}'
};
