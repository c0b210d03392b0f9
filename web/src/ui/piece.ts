import { LitElement, html, type TemplateResult } from 'lit';
import { painted } from '../breath';

/** Those that were never drawn, and how each is told that it is its turn. */
const waiting = new Map<Piece, () => void>();

const before = (a: Node, b: Node): number =>
  a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
/** One after another, in the order of the document, each once the former is seen. */
async function inTurn(): Promise<void> {
  await painted();
  const [first] = [...waiting.keys()].sort(before);
  waiting.get(first)!();
  waiting.delete(first);
  if (waiting.size) await inTurn();
}

/**
 * A part of a view whose first drawing is in a task of its own, once those above it are seen: touches are answered
 * meanwhile. What it stands in must be higher than a window, so that what is below does not move.
 */
class Piece extends LitElement {
  static properties = { draw: { attribute: false } };
  declare draw: () => unknown;

  protected createRenderRoot(): HTMLElement {
    return this;
  }
  protected async scheduleUpdate(): Promise<void> {
    if (!this.hasUpdated) await this.#turn();
    await super.scheduleUpdate();
  }
  #turn(): Promise<void> {
    const idle = !waiting.size;
    const turn = new Promise<void>((resolve) => waiting.set(this, resolve));
    if (idle) void inTurn();
    return turn;
  }
  render(): unknown {
    return this.draw();
  }
}
if (!customElements.get('ew-piece')) customElements.define('ew-piece', Piece);

export const piece = (draw: () => unknown): TemplateResult => html`<ew-piece .draw=${draw}></ew-piece>`;
/** So many of a list are drawn at once. */
const some = 12;
/** A long list: a few of it at a time. */
export const piecesOf = <T>(list: T[], draw: (item: T) => TemplateResult): TemplateResult[] =>
  Array.from({ length: Math.ceil(list.length / some) }, (_, i) =>
    piece(() => list.slice(some * i, some * (i + 1)).map(draw))
  );
