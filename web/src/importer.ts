import { usingPreset, type Action, type Patch } from './acts';
import type { Engine } from './engine';
import { modelName } from './files';
import { fill, msg } from './i18n';
import { joined, parted } from './known';
import { problems } from './problems';
import { hostOfSource, nameOfSource, sourceOf, type Source } from './sources';
import type { Bringing, State } from './state';
import type { Kept, Progress, Taken } from './types';

/** Where presets of the user's own are kept. */
export interface KeepPort {
  all(): Kept[];
  /** Whether there was room. */
  keep(list: Kept[]): boolean;
}
export interface Room {
  here: string;
  engine(): Engine | undefined;
  state(): State;
  act(change: Patch): Promise<void>;
}
export type Importing = Extract<Action, { do: 'take' | 'read' | 'stop' | 'rename' | 'keep' | 'drop' }>;

/** Takes what the user brings, after what was kept. */
export type Brings = Pick<Importer, 'do' | 'restore'>;

/** What describes a model or a device: a preset or a configuration, not the JSON that programs print. */
const describes = (text: string): boolean =>
  text.startsWith('{') && !/"(timings|eval_count|avg_ts|prompt_eval_count|output_throughput)"\s*:/.test(text);

/** What a preset calls itself. */
export const nameIn = (text: string): string => (JSON.parse(text) as { name: string }).name;

/** Takes models and devices of the user's own: files, text, what other servers have; and keeps them. */
export class Importer {
  readonly #port: KeepPort | undefined;
  readonly #room: Room;
  /** Ends the reading that is under way. */
  #reading: AbortController | undefined;

  constructor(port: KeepPort | undefined, room: Room) {
    this.#port = port;
    this.#room = room;
  }
  #set(patch: Partial<Bringing>, rest: Patch = {}): Promise<void> {
    // What is asked or refused is seen also where the settings around it were folded.
    const seen = patch.offer ?? patch.choice ?? patch.reading ?? rest.rejected;
    const unfolded = seen ? { settings: true } : {};
    return this.#room.act({ ...rest, ...unfolded, bringing: { ...this.#room.state().bringing, ...patch } });
  }

  /** Has what was kept before. What this version refuses stays where it is. */
  async restore(): Promise<void> {
    const kept: string[] = [];
    for (const preset of this.#port?.all() ?? [])
      try {
        // oxlint-disable-next-line no-await-in-loop -- the order of the list stays
        await this.#room.engine()!.restore(preset);
        kept.push(`${preset.kind}/${preset.id}`);
      } catch {
        continue;
      }
    await this.#set({ kept });
  }
  async #keep(kept: string[], name = ''): Promise<void> {
    const list = this.#room.engine()!.ownList.filter((p) => kept.includes(`${p.kind}/${p.id}`));
    if (!this.#port) return;
    if (this.#port.keep(list)) await this.#set({ kept });
    else await this.#room.act({ toast: fill(msg.files.full, { name }) });
  }

  async do(action: Importing): Promise<void> {
    const engine = this.#room.engine();
    if (!engine) return;
    const { kept } = this.#room.state().bringing;
    switch (action.do) {
      case 'take':
        return this.#take(engine, action);
      case 'read':
        return this.#read(engine, action);
      case 'stop':
        this.#reading?.abort();
        return;
      case 'rename':
        await engine.rename(action.kind, action.id, action.name);
        if (kept.includes(`${action.kind}/${action.id}`)) await this.#keep(kept, action.name);
        return this.#room.act({ query: {} });
      case 'keep':
        return this.#keep([...kept, `${action.kind}/${action.id}`], action.id);
      case 'drop':
        return this.#drop(engine, action);
    }
  }

  async #drop(engine: Engine, { kind, id }: { kind: Kept['kind']; id: string }): Promise<void> {
    const { bringing, query } = this.#room.state();
    const own = engine.ownList.find((p) => p.kind === kind && p.id === id);
    const used = query[kind] === id;
    engine.remove(kind, id);
    await this.#keep(bringing.kept.filter((k) => k !== `${kind}/${id}`));
    const { brought } = this.#room.state().bringing;
    const dropped = own && { name: nameIn(own.text), text: own.text, used };
    await this.#set({ brought: brought.filter((b) => b.kind !== kind || b.id !== id), dropped });
    if (used) await this.#room.act({ query: usingPreset(kind, engine.catalog.default_query[kind]) });
  }

  /** Text of one line may name a model or an address; the rest is what it is. */
  async #read(
    engine: Engine,
    { text, source, files, anyway }: Extract<Importing, { do: 'read' }>
  ): Promise<void> {
    const { hub } = this.#room.state().bringing;
    const from = source ?? sourceOf(text, hub, this.#room.here);
    if (!anyway && !source && text.trim() !== '' && !/[\n{=]/.test(text)) {
      await engine.grow(); // it reads names
      const named = engine.named(from ? nameOfSource(from) : text.trim());
      if (named)
        return this.#set({ offer: { text, model: named.id, quant: named.quant }, choice: undefined });
    }
    if (!from) return this.#take(engine, { do: 'take', input: text, file: msg.files.pasted });
    return this.#follow(engine, from, files);
  }
  /** Reads what lies at a source. Who names another one meanwhile does not want the former any more. */
  async #follow(engine: Engine, from: Source, files: string[] | undefined): Promise<void> {
    const { hub } = this.#room.state().bringing;
    const file = nameOfSource(from);
    this.#reading?.abort();
    const { signal } = (this.#reading = new AbortController());
    await this.#set(
      { offer: undefined, choice: undefined, brought: [], reading: { file } },
      { toast: fill(msg.files.reading, { file }), rejected: undefined }
    );
    const told = (progress: Progress): void => {
      if (!signal.aborted) void this.#set({ reading: { file, progress } });
    };
    const done = { reading: undefined };
    try {
      const got = await engine.bring({ source: from, hub, files }, { told, signal });
      if ('choices' in got)
        await this.#set({ ...done, choice: { source: from, choices: got.choices } }, { toast: '' });
      else {
        await this.#set(done);
        await this.#brought(engine, got, hostOfSource(from, hub), false);
      }
    } catch (error) {
      if (!signal.aborted) await this.#set(done, { toast: '', rejected: { file, errors: problems(error) } });
      else if (this.#reading?.signal === signal) await this.#set(done, { toast: '' });
    }
  }

  async #take(
    engine: Engine,
    { input, file, beside = false }: Extract<Importing, { do: 'take' }>
  ): Promise<void> {
    // What reads files is fetched first.
    await this.#set({ offer: undefined, choice: undefined }, { toast: fill(msg.files.reading, { file }) });
    try {
      if (typeof input === 'string' && !describes(input.trim())) await this.#numbers(engine, input);
      else
        await this.#brought(
          engine,
          await engine.take(input, file === msg.files.pasted ? '' : modelName(file)),
          '',
          beside
        );
      if (this.#room.state().draft === input) await this.#room.act({ draft: '' });
    } catch (error) {
      await this.#set({}, { toast: '', rejected: { file, errors: problems(error) } });
    }
  }
  async #numbers(engine: Engine, text: string): Promise<void> {
    const { query } = this.#room.state();
    const { known } = await engine.printed(query, text);
    await this.#room.act({
      rejected: undefined,
      query: { known: joined([...parted(query.known), ...known]) },
      toast: fill(msg.files.numbers, { n: known.length })
    });
  }
  /** `beside`: one of several that came together, of which the first is shown. */
  async #brought(engine: Engine, { kind, id, reading }: Taken, from: string, beside: boolean): Promise<void> {
    if (kind === 'other')
      return this.#room.act({ rejected: undefined, query: {}, toast: fill(msg.files.added, { name: id }) });
    const before = beside ? this.#room.state().bringing.brought : [];
    const list = kind === 'model' ? engine.index.models : engine.index.devices;
    const name = list.find((x) => x.id === id)?.name ?? id;
    await this.#set(
      { brought: [...before, { kind, id, from, reading }], dropped: undefined },
      beside ? {} : { rejected: undefined }
    );
    if (!beside) await this.#room.act({ query: usingPreset(kind, id) });
    await this.#room.act({ toast: fill(msg.files.added, { name }) });
    if (!/^https?:/.test(id))
      await this.#keep([...new Set([...this.#room.state().bringing.kept, `${kind}/${id}`])], name);
  }
}
