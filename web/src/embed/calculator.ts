import type { PropertyValues } from 'lit';
import type { Frame, Note } from '../state';
import { badValue, lacking, required } from './asked';
import { card } from './card';
import { EdgewiseElement } from './element';
import type { Look, Posed } from './look';
import { shared } from './question';
import { host, places } from './styles';

/** What it may show; all but the card is fetched when it is asked for. */
const views: Record<string, () => Promise<Look>> = {
  card: () => Promise.resolve(card),
  badge: async () => (await import('./badge')).badge,
  full: async () => (await import('./full')).full,
  // What sweeps is the larger engine.
  chart: async () => {
    const [{ chart }] = await Promise.all([import('./chart'), shared().then((engine) => engine.grow())]);
    return chart;
  }
};

/** What an address does not name though it must: another answer than the one that is meant is none. */
function unnamed(address: string): Note[] {
  const names = new URLSearchParams(address.replace(/^#/, ''));
  const there = { model: names.get('m'), device: names.get('d') ?? names.get('device') };
  return lacking(required.filter((name) => !there[name]?.trim()));
}

/**
 * <edgewise-calculator model="llama-3.2-1b" device="raspberry-pi-5-8gb" quant="Q4_K_M">fallback</edgewise-
 * calculator>
 * The answer and four numbers; by `view` also a line of it (`badge`), with the panels of the page (`full`), or how it
 * changes with the context (`chart`). Attributes are the options of the command line.
 */
export class EdgewiseCalculator extends EdgewiseElement {
  static properties = { address: { attribute: false } };
  /** The fragment of a link, in place of the attributes. */
  declare address: string | undefined;
  static styles = [host, places];

  get #view(): string {
    return this.getAttribute('view') ?? 'card';
  }
  protected look(): Promise<Look> {
    return (Object.hasOwn(views, this.#view) ? views[this.#view] : views.card)();
  }
  protected pose(look: Look, frame: Frame): Posed {
    const { address } = this;
    const posed =
      address === undefined ? super.pose(look, frame) : { notes: unnamed(address), asked: [{ address }] };
    const notes = Object.hasOwn(views, this.#view) ? [] : [badValue('view', this.#view)];
    return { ...posed, notes: [...posed.notes, ...notes] };
  }
  protected updated(changed: PropertyValues): void {
    if (changed.has('address')) this.ask();
    super.updated(changed);
  }
}
