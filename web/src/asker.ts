import { digits } from './format';
import { bring } from './i18n/bring';
import { fill, msg } from './i18n';
import { answers, refused } from './remote';
import type { ReadFile } from './types';

/** What is asked of others at most, for one model. */
const most = { requests: 48, bytes: 128_000_000, seconds: 180, silence: 10 };

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
export interface Got {
  bytes: Uint8Array<ArrayBuffer>;
  url: URL;
}

/**
 * Asks servers of others for files, without cookies or referrer. Time, bytes and requests are bounded for all of them
 * together; what was read is kept, to be said.
 */
export class Asker {
  readonly read: ReadFile[] = [];
  #requests = 0;
  #bytes = 0;
  readonly #end = performance.now() + 1000 * most.seconds;

  async get(url: URL, wanted: Wanted): Promise<Got> {
    const why = refused(url);
    if (why) throw new Error(why);
    if (++this.#requests > most.requests) throw new Error(fill(bring.tooMany, { n: most.requests }));
    const over = new AbortController();
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(waiting);
      const left = Math.min(1000 * most.silence, this.#end - performance.now());
      waiting = setTimeout(() => over.abort(new DOMException('', 'TimeoutError')), Math.max(0, left));
    };
    heard();
    try {
      return await this.#answer(url, wanted, over.signal, heard);
    } catch (error) {
      if (over.signal.aborted) {
        const long = performance.now() >= this.#end;
        const said = long ? fill(bring.long, { n: most.seconds }) : fill(bring.silent, { n: most.silence });
        throw new Error(said, { cause: error });
      }
      if (error instanceof TypeError)
        throw new Error(
          url.origin !== location.origin && (await answers(url)) ? msg.remote.cors : msg.remote.unreachable,
          { cause: error }
        );
      throw error;
    } finally {
      clearTimeout(waiting);
    }
  }

  async #answer(url: URL, wanted: Wanted, signal: AbortSignal, heard: () => void): Promise<Got> {
    const headers: Record<string, string> = wanted.needs ? { range: `bytes=0-${wanted.most - 1}` } : {};
    const response = await fetch(url, {
      headers,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal
    });
    if (!response.ok) {
      const missing = response.status === 404 || response.status === 410;
      throw new Refusal(
        fill(missing ? msg.remote.missing : msg.remote.status, { status: response.status }),
        response.status,
        response.headers.get('x-error-code') ?? ''
      );
    }
    const bytes = await this.#body(response, wanted, heard);
    this.read.push({ name: wanted.name, bytes: bytes.length, of: sizeOf(response) });
    return { bytes, url: new URL(response.url) };
  }

  /** The body, as far as it is needed. A server that knows no ranges sends all of it; then the rest is let go. */
  async #body(response: Response, wanted: Wanted, heard: () => void): Promise<Uint8Array<ArrayBuffer>> {
    const reader = response.body!.getReader();
    let bytes = new Uint8Array(new ArrayBuffer(65536));
    let length = 0;
    let needed = wanted.needs?.(bytes.subarray(0, 0)) ?? Infinity;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one part after the other
      const { done, value } = await reader.read();
      if (done) break;
      heard();
      this.#bytes += value.length;
      bytes = grown(bytes, length + value.length);
      bytes.set(value, length);
      length += value.length;
      while (length >= needed) {
        const more = wanted.needs!(bytes.subarray(0, length));
        if (more <= length) {
          void reader.cancel();
          return bytes.slice(0, length);
        }
        needed = more;
      }
      if (length > wanted.most || this.#bytes > most.bytes) {
        void reader.cancel();
        throw new Error(fill(msg.remote.large, { most: digits(wanted.most / 1000) }));
      }
    }
    return bytes.slice(0, length);
  }
}

function grown(bytes: Uint8Array<ArrayBuffer>, least: number): Uint8Array<ArrayBuffer> {
  if (bytes.length >= least) return bytes;
  const larger = new Uint8Array(new ArrayBuffer(Math.max(least, 2 * bytes.length)));
  larger.set(bytes);
  return larger;
}

/** Bytes of the whole file, where the server says. */
function sizeOf(response: Response): number | undefined {
  const ranged = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  const length = response.status === 200 ? response.headers.get('content-length') : null;
  const size = Number(ranged ?? length ?? NaN);
  return Number.isFinite(size) ? size : undefined;
}
