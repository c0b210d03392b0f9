/** Classes of devices, in the order in which they are listed. */
import type { classes as English } from '../en/classes';

export const classes: typeof English = {
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
