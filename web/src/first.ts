import { html, type TemplateResult } from 'lit';
import { unanswered } from './acts';
import { introduction as accuracy } from './parts/accuracy/accuracy';
import type { Data } from './parts/accuracy/data';
import { header, heading, lede } from './parts/frame';
import { headline } from './parts/hero';
import { introduction as method } from './parts/method';
import { initial, views, type View } from './state';
import type { Result } from './types';

const idle = (): Promise<void> => Promise.resolve();

/**
 * What is seen before any script has run: the answer `r` to the default question, and how every other view begins.
 * public/first.js says which of them a link opens. Drawn when the site is built, from the same parts as the page.
 */
export function first(r: Result, measured: Pick<Data, 'counts'>): TemplateResult {
  const begins: Record<View, () => unknown> = {
    calculator: () => answered(r),
    explore: () => lede('explore'),
    compare: () => lede('compare'),
    accuracy: () => html`<section class="panel prose">${accuracy(measured)}</section>`,
    method
  };
  const state = initial();
  return html`${header(state, unanswered(state.query), idle)}
  ${views.map((view) => html`<main data-view=${view}>${heading(view)} ${begins[view]()}</main>`)}`;
}

function answered(r: Result): TemplateResult {
  const choice = [r.model.name, r.quantization.id, r.device.name, r.runtime.name].join(', ');
  return html`<div class="columns">
    <div class="inputs">
      <div class="panel placeholder"><p class="quiet">${choice}</p></div>
    </div>
    <div class="outputs"><section class="panel hero skeleton">${headline(r)}</section></div>
  </div>`;
}
