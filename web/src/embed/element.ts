import {
  LitElement,
  adoptStyles,
  html,
  nothing,
  type CSSResultOrNative,
  type PropertyValues,
  type TemplateResult
} from 'lit';
import { frameOf } from '../acts';
import { setUnits } from '../format';
import { bring, prose, speak, spoken, type Language } from '../i18n';
import { embed as words } from '../i18n/embed';
import { reason } from '../problems';
import type { Frame } from '../state';
import type { Result } from '../types';
import { isAsked, otherData } from './asked';
import type { Look, Named, Posed, Shown } from './look';
import { Question, shared } from './question';
import { noteText } from './said';
import { around, isScheme, schemeAround, watchScheme, type Scheme } from './theme';

/** The language of an element, which is that of what it is in, once its texts are there; English without them. */
async function languageOf(element: Element): Promise<Language> {
  const lang = [element, ...around(element)].map((e) => e.getAttribute('lang')).find(Boolean);
  const language = spoken(lang ? [lang] : []);
  return bring(language).then(
    () => language,
    () => 'en'
  );
}

/**
 * An element that asks what its attributes say, once it comes near or the page is printed, and again whenever they
 * change. Until the answer is there, and if it cannot be had, its own content is shown. Fires `edgewise-answer` and
 * `edgewise-error` (detail: `{ errors }`, in words); both bubble.
 */
export abstract class EdgewiseElement extends LitElement {
  #questions: Question[] = [];
  #look: Look | undefined;
  #frame: Frame | undefined;
  /** The attributes that its questions were made of. */
  #posed: Named[] = [];
  /** What keeps it from being asked, in words. */
  #refused: string[] = [];
  #language: Language = 'en';
  #seen = false;
  #drawn = false;
  /** Counts askings: what belongs to an earlier one comes too late. */
  #turn = 0;
  #told: (Result | string | undefined)[] = [];
  #inView: IntersectionObserver | undefined;
  #unwatch: (() => void) | undefined;
  readonly #attributes = new MutationObserver((records) => {
    if (records.some((r) => r.attributeName === 'lang' || isAsked(r.attributeName!))) this.ask();
    this.requestUpdate();
  });

  /** Fetches what draws it as it is to be now. */
  protected abstract look(): Promise<Look>;
  protected get named(): Named[] {
    return [...this.attributes].map(({ name, value }) => ({ name, value }));
  }
  protected pose(look: Look, frame: Frame): Posed {
    return look.pose(this.named, frame);
  }
  /** A style that keeps the place of an answer which cannot be known from the style sheet. */
  protected room(): string {
    return '';
  }
  /** What `edgewise-answer` tells. */
  protected detail(results: (Result | undefined)[]): unknown {
    return results[0];
  }

  connectedCallback(): void {
    super.connectedCallback();
    this.#attributes.observe(this, { attributes: true });
    this.#unwatch = watchScheme(this, () => this.requestUpdate());
    if (this.#seen) return this.#asksOtherwise() ? this.ask() : undefined;
    this.#inView = new IntersectionObserver(
      (entries) => {
        if (entries.some((e) => e.isIntersecting)) this.#see();
      },
      { rootMargin: '200px' }
    );
    this.#inView.observe(this);
    addEventListener('beforeprint', this.#see);
  }
  disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#attributes.disconnect();
    this.#unwatch?.();
    this.#inView?.disconnect();
    removeEventListener('beforeprint', this.#see);
  }
  readonly #see = (): void => {
    if (this.#seen) return;
    this.#seen = true;
    this.#inView?.disconnect();
    removeEventListener('beforeprint', this.#see);
    this.ask();
  };

  /** Whether its attributes have changed while it was in no page. */
  #asksOtherwise(): boolean {
    const written = (list: readonly Named[]): string =>
      JSON.stringify(list.filter(({ name }) => isAsked(name)).map(({ name, value }) => [name, value]));
    return written(this.named) !== written(this.#posed);
  }
  /** Asks, once it was seen. */
  protected ask(): void {
    if (this.#seen) void this.#ask();
  }
  async #ask(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const [engine, look, language] = await Promise.all([shared(), this.look(), languageOf(this)]);
      if (turn !== this.#turn) return;
      this.#language = language;
      speak(language);
      this.#wear(look);
      const frame = frameOf({ engine }, location.href)!;
      this.#frame = frame;
      const posed = this.pose(look, frame);
      const notes = [...posed.notes, ...otherData(this.getAttribute('revision'), engine.index.revision)];
      const { asked } = posed;
      this.#refused = notes.map(noteText);
      this.requestUpdate();
      if (notes.length) return;
      this.#posed = this.named;
      this.#questions = asked.map((_, i) => this.#questions[i] ?? new Question(() => this.requestUpdate()));
      await Promise.all(asked.map((one, i) => this.#questions[i].ask(one)));
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#refused = [reason(error)];
      this.requestUpdate();
    }
  }
  #wear(look: Look): void {
    if (look === this.#look) return;
    this.#look = look;
    const { elementStyles } = this.constructor as typeof LitElement;
    adoptStyles(this.renderRoot as ShadowRoot, [...look.styles, ...elementStyles] as CSSResultOrNative[]);
  }

  get #shown(): Shown | undefined {
    const frame = this.#frame;
    return (
      frame && {
        questions: this.#questions,
        attributes: this.#posed,
        frame,
        scheme: this.#scheme
      }
    );
  }
  get #scheme(): Scheme {
    const theme = this.getAttribute('theme');
    return isScheme(theme) ? theme : schemeAround(this);
  }
  /** Why there is nothing to be shown, in words. */
  #wrong(shown: Shown | undefined): string[] {
    if (this.#refused.length || !shown) return this.#refused;
    return this.#look?.wrong?.(shown) ?? shown.questions.flatMap((q) => q.errors);
  }

  protected updated(changed: PropertyValues): void {
    super.updated(changed);
    speak(this.#language);
    const shown = this.#shown;
    const wrong = this.#wrong(shown);
    // Until all have settled, nothing is told of any.
    if (!wrong.length && this.#questions.some((q) => q.isBusy)) return;
    const errors = wrong.length || !shown ? wrong : (this.#look?.partly?.(shown) ?? []);
    const results = wrong.length ? [] : this.#questions.map((q) => q.result);
    const now = [...errors, ...results];
    if (now.length === this.#told.length && now.every((x, i) => x === this.#told[i])) return;
    this.#told = now;
    if (errors.length) {
      console.error(`${this.localName}:`, prose(...errors), this);
      this.#fire('edgewise-error', { errors });
    }
    if (results.some(Boolean)) this.#fire('edgewise-answer', this.detail(results));
  }
  #fire(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  render(): TemplateResult {
    speak(this.#language);
    const shown = this.#shown;
    const wrong = this.#wrong(shown);
    const { questions = [] } = shown ?? {};
    this.#drawn ||= questions.length > 0 && questions.every((q) => q.result ?? q.errors.length);
    if (shown && this.#look && this.#drawn && !wrong.length) {
      setUnits(questions[0].state.units);
      return this.#look.draw(shown);
    }
    const note = html`<span part="error" role="alert">${prose(words.unavailable, ...wrong)}</span>`;
    // Without blanks, which a sentence around it would show.
    return html`<span class=${wrong.length ? 'failed' : 'waiting'} .style=${wrong.length ? '' : this.room()}
      ><slot></slot>${wrong.length ? note : nothing}</span
    >`;
  }
}
