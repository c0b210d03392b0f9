/** By whom and when numbers were found. */
export const provenance = {
  speed: 'Speed',
  power: 'Power and energy',
  memory: 'Memory',
  device: 'Device data',
  corrected: 'Corrected by the number that you know of this device',
  measured:
    'Measured by the owner of the device: {n, plural, =1 {one configuration} other {# configurations}}',
  microbenchmarks:
    'Measured by the owner of the device, with microbenchmarks: what language models reach of their rates is taken from similar devices',
  rows: '{n, plural, one {# row} other {# rows}}',
  more: 'and {n, plural, =1 {one more source} other {# more sources}}',
  on: 'on {date}',
  by: 'by {tool}',
  fitted: 'Fitted from {n, plural, =1 {one configuration} other {# configurations}} that others published',
  split: 'Estimated: the device with what was measured on it, what else takes part from its datasheet',
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
};
