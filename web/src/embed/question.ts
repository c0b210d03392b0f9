import type { Act, Answer } from '../acts';
import type { Engine } from '../engine';
import { sentence } from '../i18n';
import { embed as words } from '../i18n/embed';
import { problemText } from '../i18n/problems';
import type { Frame, State } from '../state';
import { Store } from '../store';
import type { Query, Result } from '../types';
import { attributeOf } from './asked';
import { byIds } from './by-ids';
import { noteText } from './said';

let engine: Promise<Engine> | undefined;
/** One engine for all elements of a page, loaded when the first of them comes into view. */
export const shared = (): Promise<Engine> =>
  (engine ??= start().catch((error: unknown) => {
    engine = undefined;
    throw error;
  }));
async function start(): Promise<Engine> {
  const { startEngine } = await import('../wasm');
  // What others measured needs to be said whose it is; an element has no room for that.
  return startEngine(() => Promise.reject(new Error(words.address)), { begin: byIds });
}

/** In fields, or the fragment of a link. */
export type Asked = { query: Query } | { address: string };

/** A question of an element, with its answer or why there is none. */
export class Question {
  readonly #store = new Store({ start: shared, here: location.href, strict: true });
  #started = false;
  #asked = '';

  constructor(told: () => void) {
    this.#store.subscribe(told);
  }
  async ask(asked: Asked): Promise<void> {
    const { act } = this.#store;
    const now = JSON.stringify(asked);
    if (now === this.#asked && this.result && !this.errors.length) return;
    this.#asked = now;
    if ('query' in asked) await act({ query: asked.query, notes: [] });
    else await this.#store.open(asked.address);
    if (this.#started) return;
    this.#started = true;
    await act({ do: 'start' });
  }
  readonly act: Act = (change) => this.#store.act(change);

  get state(): State {
    return this.#store.state;
  }
  get answer(): Answer {
    return this.#store.answer;
  }
  get result(): Result | undefined {
    return this.answer.result;
  }
  get frame(): Frame | undefined {
    return this.#store.frame;
  }
  get isBusy(): boolean {
    return this.state.busy && !this.state.fatal;
  }
  /** In words; an answer to another question is none. */
  get errors(): string[] {
    if (this.state.fatal) return [this.state.fatal];
    const said = this.state.notes.filter((note) => note.kind !== 'otherPresets').map(noteText);
    if (said.length) return said;
    return this.answer.errors.map((p) =>
      /^\w+$/.test(p.path) ? `${attributeOf(p.path)}: ${problemText(p)}` : problemText(p)
    );
  }
  /** What goes with its answer: what of it was of no use, too. */
  get asides(): string[] {
    return [
      ...this.state.aside.map((why) => sentence(problemText(why))),
      ...this.state.notes.filter((note) => note.kind === 'otherPresets').map(noteText)
    ];
  }
}
