import { msg, fill } from './i18n';
import { digits } from './format';

/**
 * Presets and catalogs of other addresses. They are data from strangers: asked for without cookies or
 * referrer,
 * bounded in time and size, and handed to nothing but the engine's own check.
 */
export interface Remote {
  text: string;
  url: URL;
}

const seconds = 10;
const pinned = /^#sha256=([0-9a-f]{64})$/;

/**
 * The whole address that a link or a setting names, from the page's own where it begins with / or a dot;
 * undefined: it is none.
 */
export function address(text: string, base: string | URL): string | undefined {
  if (!/^(https?:\/\/|\.{0,2}\/)/i.test(text)) return undefined;
  try {
    return new URL(text, base).href;
  } catch {
    return undefined;
  }
}
/** Devices of other presets go by their address, which no preset's id can be. */
export const isAddress = (device: string): boolean => /^https?:\/\//.test(device);
export const hostOf = (url: string): string => new URL(url).host;
/**
 * A name or address that others wrote, for a line of text: no control characters, nothing that turns the
 * direction of writing, not endless.
 */
export function tame(text: string, most = 80): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain;
}

/** Why the page does not ask this address, if so. */
export function refused(url: URL): string | undefined {
  if (url.username || url.password) return msg.remote.credentials;
  const safe =
    url.protocol === 'https:' ||
    url.origin === location.origin ||
    ['localhost', '127.0.0.1'].includes(url.hostname);
  return safe ? undefined : msg.remote.insecure;
}

async function body(response: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = response.body!.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one part after the other
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      void reader.cancel();
      throw new Error(fill(msg.remote.large, { most: digits(most / 1000) }));
    }
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Whether the server is there at all: scripts are told no more than "failed" about one that does not let them
 * read.
 */
async function answers(url: URL): Promise<boolean> {
  try {
    await fetch(url, {
      mode: 'no-cors',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      signal: AbortSignal.timeout(1000 * seconds)
    });
    return true;
  } catch {
    return false;
  }
}

/** Why nothing came from an address, where `fetch` says no more than that it failed; `said`: in these words. */
export const unanswered = async (
  url: URL,
  cause: unknown,
  said: { cors: string; unreachable: string } = msg.remote
): Promise<Error> => {
  const there = url.origin !== location.origin && (await answers(url));
  return new Error(fill(there ? said.cors : said.unreachable, { host: url.host }), { cause });
};
/** What a status says that is no success. */
export const statusText = (status: number): string =>
  fill(status === 404 || status === 410 ? msg.remote.missing : msg.remote.status, { status });

/**
 * The text at an address. Where that ends in #sha256=…, its bytes must have that sum. Throws what went wrong,
 * in words.
 */
export async function fetchRemote(from: string, most: number): Promise<Remote> {
  const url = new URL(from);
  const why = refused(url);
  if (why) throw new Error(why);
  const sum = pinned.exec(url.hash)?.[1];
  if (url.hash && !sum) throw new Error(msg.remote.badSum);
  url.hash = '';
  let bytes: Uint8Array<ArrayBuffer>, end: URL;
  try {
    const response = await fetch(url, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-cache',
      signal: AbortSignal.timeout(1000 * seconds)
    });
    if (!response.ok) throw new Error(statusText(response.status));
    bytes = await body(response, most);
    end = new URL(response.url);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError')
      throw new Error(fill(msg.remote.slow, { n: seconds }), { cause: error });
    // What fetch itself reports is a TypeError without a reason.
    if (error instanceof TypeError) throw await unanswered(url, error);
    throw error;
  }
  if (sum) {
    if (!isSecureContext) throw new Error(msg.remote.noSum);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    if ([...digest].map((b) => b.toString(16).padStart(2, '0')).join('') !== sum)
      throw new Error(msg.remote.otherSum);
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), url: end };
  } catch {
    throw new Error(msg.remote.noText);
  }
}

/** The file of a preset that does not come with the program. */
export function fileOf(id: string): string {
  const name = isAddress(id) ? new URL(id).pathname.split('/').pop()! : id;
  return `${name.replace(/\.json$/i, '').replace(/[^\w.-]+/g, '-') || 'preset'}.json`;
}
