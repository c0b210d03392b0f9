export const more = {
  placement: 'Where it lies',
  devices: 'Devices of this kind',
  gpuLayers: 'Layers on the device',
  cpuMoe: 'Layers with experts on the host',
  kvCache: 'KV cache',
  onDevice: 'on the device',
  onHost: 'on the host',
  asFit: 'as many as fit',
  hostTypical: 'A typical one',
  drafting: 'Speculative decoding',
  draftTokens: 'Drafted tokens',
  fastest: 'the fastest',
  acceptance: 'Acceptance rate',
  published: 'as published',
  scope: 'Power and energy of',
  scopes: {
    rail: 'one rail',
    soc: 'the chip',
    module: 'the board',
    gpu: 'the card',
    wall: 'the whole, at the wall'
  }
};
