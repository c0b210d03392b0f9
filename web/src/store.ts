import { answersOf, changeOf, frameOf, isPinned, notesOf, resolved, saidOf, unanswered } from './acts';
import { forgetting } from './known';
import type { Act, Action, Answer, Changed } from './acts';
import type { Engine } from './engine';
import type { Brings, Room } from './importer';
import { unpacked, type Packed } from './packing';
import { showBoard } from './measured';
import { fill, msg, setLanguage, type Language } from './i18n';
import { problems, reason } from './problems';
import { isAddress } from './remote';
import { answerPin, resolve, resolveLink } from './resolve';
import { standardHub, type Site } from './settings';
import type { Held, Shelf } from './shelf';
import { ahead, asksNothing, complete, initial, maxPins, read, same, write } from './state';
import type { Foreign, Frame, Note, State } from './state';
import type { Need, Query, Resolved } from './types';

/** What the store needs of the world. */
export interface Ports {
  start(): Promise<Engine>;
  /** Where the page is: addresses may be relative to it. */
  here: string;
  /**
   * Whether what a link names and nobody has is an error, not the default in its place, and every question is told
   * what of it was put aside.
   */
  strict?: true;
  site?(): Promise<Site>;
  /** Holds catalogs, of which `ofSite` are the site's; left out: there are none. */
  shelf?(engine: Engine, held: Held, ofSite: string[]): Shelf;
  /** Takes presets of the user's own, and keeps them; left out: nobody brings any. */
  importer?(room: Room): Brings;
  /** Takes the newer build of the page that is here. */
  renew?(): void;
}

/** Owns the state, and answers it: address → state → choose → fetch what is lacking, and again → answer. */
export class Store {
  readonly #ports: Ports;
  readonly #listeners = new Set<() => void>();
  #state = initial();
  #engine: Engine | undefined;
  #answer = unanswered(this.#state.query);
  /** Counts questions: what belongs to an earlier one comes too late. */
  #turn = 0;
  /** The address as it was opened; undefined: none was. */
  #opened: string | undefined;
  #written: string | undefined;
  #siteProblem: Note[] = [];
  #shelf: Shelf | undefined;
  readonly #importer: Brings | undefined;

  constructor(ports: Ports, state: Partial<State> = {}) {
    this.#ports = ports;
    this.#state = { ...this.#state, ...state };
    this.#importer = ports.importer?.({
      here: ports.here,
      engine: () => this.#engine,
      state: () => this.#state,
      act: (change) => this.act(change)
    });
  }
  get state(): State {
    return this.#state;
  }
  get answer(): Answer {
    return this.#answer;
  }
  /** What the address should say now; undefined while that is what was opened. */
  get address(): string | undefined {
    return this.#written;
  }
  get frame(): Frame | undefined {
    return frameOf(this.#answer, this.#ports.here);
  }
  subscribe(told: () => void): () => void {
    this.#listeners.add(told);
    return () => this.#listeners.delete(told);
  }

  #set(patch: Partial<State>, answer?: Partial<Answer>): void {
    this.#state = { ...this.#state, ...patch };
    if (answer) this.#answer = { ...this.#answer, ...answer };
    for (const told of this.#listeners) told();
  }
  #touch(patch: Partial<State>, answer?: Partial<Answer>): void {
    const state = { ...this.#state, ...patch };
    // A bare address means the device of the site, where it has one.
    if (this.frame) this.#written = write(state, this.frame) || (state.home ? 'v=1' : '');
    this.#set(patch, answer);
  }

  readonly act: Act = async (change): Promise<void> => {
    if ('do' in change) return this.#perform(change);
    const { query, ...other } = change;
    const rest = other.view ? { ...other, changing: undefined } : other;
    const asked = query && { ...this.#state.query, ...forgetting(this.#state.query, query) };
    if (asked || rest.view || rest.explore || 'sweep' in rest)
      this.#touch(asked ? { ...rest, query: asked } : rest);
    else this.#set(rest);
    if (rest.evidence) await this.#findEvidence();
    if (asked) await this.#ask(Object.keys(query));
  };

  #perform(action: Action): Promise<void> | void {
    switch (action.do) {
      case 'start':
        return this.#start();
      case 'reset':
        return this.#reset();
      case 'speak':
        return this.#speak(action.language, action.lang);
      case 'try':
        return this.act({ query: changeOf(action.change), steps: this.#state.steps + 1 });
      case 'pin':
        return this.#pin(action.query);
      case 'copy':
        return this.#copy(action.pin);
      case 'alter':
        return this.#alter(action.pin, action.query);
      case 'unpin':
        return this.#unpin((pin) => action.pin === undefined || pin === action.pin);
      case 'renew':
        return this.#ports.renew?.();
      case 'again':
        return this.#again();
      case 'forget':
        return this.#forget(action.device);
      case 'take':
      case 'read':
      case 'stop':
      case 'rename':
      case 'keep':
      case 'drop':
        return this.#importer?.do(action);
      case 'list':
        return this.#shelf?.add(action.catalog);
      case 'unlist':
        return this.#shelf?.remove(action.catalog);
    }
  }

  async #start(): Promise<void> {
    this.#set({ fatal: '', busy: true });
    const settings = this.#ports.site?.().catch((error: unknown) => reason(error));
    try {
      this.#engine = await this.#ports.start();
      this.#engine.whenWhole(() => this.#set({}));
    } catch (error) {
      return this.#set({ fatal: reason(error) });
    }
    const site = await settings;
    this.#siteProblem = typeof site === 'string' ? [{ kind: 'said', text: site }] : [];
    const {
      device = '',
      before = '',
      catalogs = [],
      hub = standardHub
    }: Partial<Site> = typeof site === 'object' ? site : {};
    const query = complete(this.#state.query, this.#engine.catalog.default_query);
    const bringing = { ...this.#state.bringing, hub };
    // Until an address is read, nothing is asked of the engine.
    const there = this.#opened === undefined ? { engine: this.#engine } : {};
    this.#set({ query, home: device, before, bringing }, there);
    await this.#importer?.restore();
    this.#shelve(this.#engine, catalogs);
    if (this.#opened === undefined) await this.#ask();
    else await this.open(this.#opened);
  }

  #shelve(engine: Engine, ofSite: string[]): void {
    const get = (): State['catalogs'] => this.#state.catalogs;
    const set = (catalogs: State['catalogs']): void => this.#set({ catalogs });
    this.#shelf = this.#ports.shelf?.(engine, { get, set }, ofSite);
    void this.#shelf?.loadAll();
  }

  /** `lang`: what the address says from now on. */
  async #speak(language: Language, lang: Language | undefined): Promise<void> {
    try {
      await setLanguage(language);
    } catch (error) {
      return this.#set({ toast: reason(error) });
    }
    this.#touch({ language, lang });
  }

  // --- the address ---

  /** Reads an address into the state. Before the engine is there it is kept until then, all but the view. */
  async open(fragment: string): Promise<void> {
    this.#opened = fragment;
    const engine = this.#engine;
    const frame = frameOf({ engine }, this.#ports.here);
    if (!frame || !engine) return this.#set({ view: ahead(fragment).view });
    const turn = ++this.#turn;
    // A link may show anything; where this fails, the question that needs it says so.
    if (!asksNothing(fragment) && !engine.isFull) await engine.fill().catch(() => undefined);
    if (turn !== this.#turn) return;
    const loaded = read(fragment, frame);
    const { query, pins, view, unknown, term, sweep, lang, explore = this.#state.explore } = loaded;
    if (this.#state.home && fragment.replace('#', '') === '') query.device = this.#state.home;
    const notes = [...this.#siteProblem, ...notesOf(loaded, engine.index.revision)];
    const damaged = await Promise.all(loaded.custom.map((packed) => this.#unpack(packed, [query, ...pins])));
    notes.push(...damaged.flat());
    if (turn !== this.#turn) return;
    this.#written = undefined;
    if (lang) await this.#speak(lang, lang);
    const patch = { query, pins, view, unknown, explore, notes, lang, term, sweep, changing: undefined };
    this.#set(patch, { engine });
    await this.#ask(this.#ports.strict ? [] : 'link');
    await this.#askPins();
  }

  /** A link is a stranger's: it may bring a model and a device, not the tables that every answer rests on. */
  async #unpack(packed: Packed, queries: Query[]): Promise<Note[]> {
    const text = await unpacked(packed);
    if (text === null) return [{ kind: 'badValue', key: packed[0], value: packed[1].slice(0, 40) }];
    try {
      const taken = await this.#engine!.take(text, queries[0].model, ['model', 'device'], true);
      for (const q of queries)
        if (taken.kind !== 'other' && q[taken.kind] === taken.asked) q[taken.kind] = taken.id;
    } catch (error) {
      this.#set({ rejected: { file: msg.files.pasted, errors: problems(error) } });
    }
    return [];
  }

  // --- answering ---

  async #fetch(engine: Engine, need: Need): Promise<void> {
    if (!isAddress(need.id)) return engine.fetch(need);
    const say = (foreign: Foreign): void =>
      this.#set({ foreign: { ...this.#state.foreign, [need.id]: foreign } });
    const wanted = (): boolean => need.id in this.#state.foreign;
    say({ state: 'loading' });
    try {
      await engine.fetch(need);
    } catch (error) {
      if (wanted()) say({ state: 'failed', errors: problems(error) });
      throw error;
    }
    if (!wanted()) throw new Error(msg.origin.absent);
    say({ state: 'loaded', host: new URL(need.id).host });
  }

  /** What was changed is not put aside without a word. */
  async #ask(changed: Changed = []): Promise<void> {
    const engine = this.#engine;
    if (!engine) return;
    const turn = ++this.#turn;
    const asked = this.#state.query;
    const fetch = (need: Need): Promise<void> => this.#fetch(engine, need);
    try {
      const choice = (changed === 'link' ? resolveLink : resolve)(engine, asked, fetch);
      if (!(choice instanceof Promise)) return this.#answered(asked, choice, changed);
      this.#set({ busy: true });
      const waited = await choice;
      if (turn === this.#turn) this.#answered(asked, waited, changed);
    } catch (error) {
      if (turn !== this.#turn) return;
      // An answer for another device is none.
      const none = this.#state.foreign[asked.device]?.state === 'failed' ? { result: undefined } : {};
      this.#set({ busy: false }, { errors: problems(error), ...none });
    }
  }
  #answered(asked: Query, { put_aside, answer, errors, ...choice }: Resolved, changed: Changed): void {
    const query = { ...asked, ...choice.query } as Query;
    const said = saidOf(put_aside, this.#state.notes, this.#ports.strict ? 'link' : changed);
    const answered = answer ? { query, result: answer, evidence: [] } : {};
    const patch = { busy: false, query, ...said };
    if (this.#written === undefined) this.#set(patch, { errors, ...answered });
    else this.#touch(patch, { errors, ...answered });
    if (this.#state.evidence) void this.#findEvidence();
    if (this.#state.before)
      void showBoard(this.#engine!, () => this.#state).then((board) => this.#set({}, board));
  }

  async #findEvidence(): Promise<void> {
    const { result } = this.#answer;
    if (!result || !this.#engine) return;
    try {
      const evidence = await this.#engine.evidence(result);
      if (result === this.#answer.result) this.#set({}, { evidence });
    } catch (error) {
      this.#set({ toast: reason(error) });
    }
  }

  // --- pins ---

  async #askPins(pins = this.#state.pins): Promise<void> {
    const engine = this.#engine!;
    const fetch = (need: Need): Promise<void> => this.#fetch(engine, need);
    const answers = await Promise.all(pins.map((pin) => answerPin(engine, pin, fetch)));
    const answered = new Map(pins.map((pin, i) => [pin, answers[i]]));
    // Meanwhile some may have come and gone.
    const now = this.#state.pins.map((pin) => answered.get(pin)?.query ?? pin);
    const patch = { pins: now };
    const there = { pins: answersOf(now, [...this.#answer.pins, ...answers]) };
    // What a link was opened with stays its address.
    if (this.#written === undefined) this.#set(patch, there);
    else this.#touch(patch, there);
  }
  #setPins(pins: Query[], answers = this.#answer.pins): void {
    this.#touch({ pins }, { pins: answersOf(pins, answers) });
  }
  async #pin(change?: Partial<Query>): Promise<void> {
    const { query: present, result } = this.#answer;
    const query = change ? { ...present, ...forgetting(present, change) } : resolved(this.#answer);
    const { pins } = this.#state;
    if (!query || (change ? pins.some((pin) => same(pin, query)) : isPinned(this.#answer))) return;
    if (pins.length >= maxPins) return this.#set({ toast: fill(msg.actions.pinFull, { n: maxPins }) });
    this.#setPins([...pins, query], [...this.#answer.pins, ...(change ? [] : [{ query, result }])]);
    this.#set({ toast: msg.actions.pinned });
    if (change) await this.#askPins([query]);
  }
  #copy(of = resolved(this.#answer)): void {
    const { pins } = this.#state;
    if (!of || pins.length >= maxPins) return;
    const at = pins.indexOf(of);
    const like = this.#answer.pins.find((p) => p.query === of) ?? { result: this.#answer.result };
    // The present choice stays where it is shown.
    const present = at < 0 && !isPinned(this.#answer) && pins.length + 1 < maxPins ? [of] : [];
    const [query, all] = [{ ...of }, [...present, ...pins]];
    const to = at < 0 ? all.length : at + 1;
    const added = [...present, query].map((q) => ({ ...like, query: q }));
    this.#setPins([...all.slice(0, to), query, ...all.slice(to)], [...this.#answer.pins, ...added]);
    this.#set({ changing: to });
  }
  /** Until the other answer is there, the former stays. */
  async #alter(pin: Query, change: Partial<Query>): Promise<void> {
    const { pins } = this.#state;
    const query = { ...pin, ...forgetting(pin, change) };
    const former = this.#answer.pins.find((p) => p.query === pin);
    this.#setPins(
      pins.map((p) => (p === pin ? query : p)),
      [...this.#answer.pins, { ...former, query }]
    );
    await this.#askPins([query]);
  }
  #unpin(gone: (pin: Query) => boolean): void {
    this.#set({ changing: undefined });
    this.#setPins(this.#state.pins.filter((pin) => !gone(pin)));
  }

  // --- what the other actions do ---

  #reset(): Promise<void> | void {
    if (!this.#engine) return;
    const { default_query } = this.#engine.catalog;
    this.#set({ unknown: [], notes: [], query: default_query });
    return this.act({ query: { device: this.#state.home || default_query.device } });
  }
  async #again(): Promise<void> {
    await this.act({ query: {} });
    await this.#askPins();
  }
  #forget(device: string): Promise<void> | void {
    const { query, home } = this.#state;
    const { [device]: _gone, ...foreign } = this.#state.foreign;
    this.#engine!.forget(device);
    this.#set({ foreign });
    this.#unpin((pin) => pin.device === device);
    const other = (home === device ? '' : home) || this.#engine!.catalog.default_query.device;
    if (query.device === device) return this.act({ query: { device: other, runtime: '', power_mode: '' } });
  }
}
