/** Classes of devices, in the order in which they are listed. */
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
