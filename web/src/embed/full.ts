import { html } from 'lit';
import { energy } from '../parts/energy';
import { memory } from '../parts/memory';
import { time } from '../parts/time';
import { card, drawCard } from './card';
import type { Look } from './look';
import { panels, type Drawing } from './panels';

const below: Drawing = (state, _, r, act) =>
  html`${memory(state, r, act)}${time(r, act)}${energy(r, act, false)}`;
/** The card, and below it where memory, time and energy go. */
export const full: Look = {
  ...card,
  draw: (shown) => html`${drawCard(shown)}${panels(shown, below)}`
};
