import { show } from './format';
import { bring } from './i18n/bring';
import { fill } from './i18n';
import { refused, statusText, unanswered } from './remote';
import type { Progress, ReadFile } from './types';

/** What is asked of others at most, for one model. */
const most = { requests: 96, bytes: 128_000_000, seconds: 180, silence: 10 };
/** Who waits is told of progress no more often. */
const telling_ms = 150;

/** A server that did not give a file. `reason` is what Hugging Face says in X-Error-Code. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly reason: string
  ) {
    super(message);
  }
}

export interface Wanted {
  /** What it is called where it is said what was read. */
  name: string;
  /** Bytes at most. */
  most: number;
  /** Of a file whose beginning is enough: how many bytes are needed as far as is known from those that are there. */
  needs?: (start: Uint8Array) => number;
}

/** Bytes that come one after the other. */
class Held {
  #bytes = new Uint8Array(new ArrayBuffer(65536));
  length = 0;

  get all(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }
  add(part: Uint8Array): void {
    const length = this.length + part.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(new ArrayBuffer(Math.max(length, 2 * this.#bytes.length)));
      larger.set(this.all);
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.length);
    this.length = length;
  }
}

/** One request: told of what came, and what for. */
interface Asking {
  url: URL;
  wanted: Wanted;
  held: Held;
  signal: AbortSignal;
  heard: () => void;
  /** The server answered; what fails then is the connection. */
  answered: boolean;
}
interface Answered {
  /** Of the whole file, where the server says. */
  size: number | undefined;
  enough: boolean;
}

/**
 * Asks servers of others for files, without cookies or referrer. Time, bytes and requests are bounded for all of them
 * together; what was read is kept, to be said.
 */
export class Asker {
  readonly read: ReadFile[] = [];
  readonly #told: (progress: Progress) => void;
  #requests = 0;
  #bytes = 0;
  #lastTold = 0;
  readonly #end = performance.now() + 1000 * most.seconds;

  constructor(told: (progress: Progress) => void = () => undefined) {
    this.#told = told;
  }

  /** The file, or its beginning as far as it is needed: a server may give less of it at once. */
  async get(url: URL, wanted: Wanted): Promise<Uint8Array<ArrayBuffer>> {
    const why = refused(url);
    if (why) throw new Error(why);
    const held = new Held();
    for (;;) {
      const before = held.length;
      // oxlint-disable-next-line no-await-in-loop -- one part after the other
      const { size, enough } = await this.#ask(url, wanted, held);
      const more = size !== undefined && held.length < size && held.length > before;
      if (!enough && wanted.needs && more) continue;
      this.read.push({ name: wanted.name, bytes: held.length, of: size });
      return held.all.slice();
    }
  }

  async #ask(url: URL, wanted: Wanted, held: Held): Promise<Answered> {
    if (++this.#requests > most.requests) throw new Error(fill(bring.tooMany, { n: most.requests }));
    const over = new AbortController();
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(waiting);
      const left = Math.min(1000 * most.silence, this.#end - performance.now());
      waiting = setTimeout(() => over.abort(new DOMException('', 'TimeoutError')), Math.max(0, left));
    };
    heard();
    const asking = { url, wanted, held, signal: over.signal, heard, answered: false };
    try {
      return await this.#answer(asking);
    } catch (error) {
      throw await this.#failed(error, asking);
    } finally {
      clearTimeout(waiting);
    }
  }
  async #failed(error: unknown, { url, held, signal, answered }: Asking): Promise<unknown> {
    const { host } = url;
    const because = (words: string, values: Record<string, string | number>): Error =>
      new Error(fill(words, { host, ...values }), { cause: error });
    if (signal.aborted)
      return performance.now() >= this.#end
        ? because(bring.long, { n: most.seconds })
        : because(bring.silent, { n: most.silence });
    // What fetch itself reports is a TypeError without a reason.
    if (!(error instanceof TypeError)) return error;
    return answered
      ? because(bring.broken, { bytes: show(held.length, 'B') })
      : unanswered(url, error, bring);
  }

  async #answer(asking: Asking): Promise<Answered> {
    const { url, wanted, held, signal } = asking;
    const headers: Record<string, string> = wanted.needs
      ? { range: `bytes=${held.length}-${wanted.most - 1}` }
      : {};
    const response = await fetch(url, {
      headers,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal
    });
    asking.answered = true;
    const why = refused(new URL(response.url));
    if (why) throw new Error(why);
    if (!response.ok) {
      throw new Refusal(
        statusText(response.status),
        response.status,
        response.headers.get('x-error-code') ?? ''
      );
    }
    const { from, size } = rangeOf(response);
    if (response.status === 206 && (!wanted.needs || (from ?? held.length) !== held.length))
      throw new Error(fill(bring.wrongRange, { file: wanted.name, host: url.host }));
    // A server that knows no ranges begins once more.
    if (response.status !== 206) held.length = 0;
    if (!wanted.needs && size !== undefined && size > wanted.most) throw tooLarge(wanted);
    return { size, enough: await this.#body(response, asking) };
  }

  /** The body, as far as it is needed; what a server sends beyond that is let go. */
  async #body(response: Response, { wanted, held, heard }: Asking): Promise<boolean> {
    const reader = response.body!.getReader();
    try {
      let needed = wanted.needs?.(held.all) ?? Infinity;
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- one part after the other
        const { done, value } = await reader.read();
        if (done) return false;
        heard();
        held.add(value);
        this.#count(wanted.name, value.length);
        while (wanted.needs && held.length >= needed) {
          const more = wanted.needs(held.all);
          if (more <= held.length) return true;
          if (more > wanted.most) throw tooLarge(wanted);
          needed = more;
        }
        if (held.length > wanted.most) throw tooLarge(wanted);
      }
    } finally {
      void reader.cancel().catch(() => undefined);
    }
  }
  #count(name: string, bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > most.bytes) throw new Error(fill(bring.tooMuch, { most: show(most.bytes, 'B') }));
    const now = performance.now();
    if (now - this.#lastTold < telling_ms) return;
    this.#lastTold = now;
    this.#told({ name, bytes: this.#bytes, files: this.read.length });
  }
}

const tooLarge = ({ name, most: bytes, needs }: Wanted): Error =>
  new Error(fill(needs ? bring.largeHeader : bring.large, { file: name, most: show(bytes, 'B') }));

/** Where a part begins, and the bytes of the whole file, where the server says so. */
function rangeOf(response: Response): { from: number | undefined; size: number | undefined } {
  const number = (text: string | null | undefined): number | undefined =>
    text && /^\d+$/.test(text) ? Number(text) : undefined;
  const [, from, of] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? [];
  const length = response.status === 200 ? response.headers.get('content-length') : null;
  return { from: number(from), size: number(of) ?? number(length) };
}
