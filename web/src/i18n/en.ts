import { answer } from './en/answer';
import { form } from './en/form';
import { page } from './en/page';
import { panels } from './en/panels';

/**
 * Every text of the page; views that are fetched later import theirs from `en/`. No sentence is built by
 * joining
 * pieces: `fill` puts values into {places}.
 */
export const locale = 'en';

export const en = { ...page, ...form, ...answer, ...panels };

export type Values = Record<string, string | number>;
/** Puts values into the {places} of a text. */
export const fill = (text: string, values: Values): string =>
  text.replace(/\{(\w+)\}/g, (whole, key: string) => (key in values ? String(values[key]) : whole));

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
