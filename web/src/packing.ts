import { pack, unpack } from './state';

/** What a link holds of a preset: its text as it is (x), or compressed (z). */
export type Packed = ['x' | 'z', string];
const most = 2_000_000;

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  by: GenericTransformStream
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = (new Blob([bytes]).stream().pipeThrough(by) as ReadableStream<Uint8Array>).getReader();
  const parts: BlobPart[] = [];
  let length = 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one part after the other
    const { done, value } = await reader.read();
    if (done) break;
    // What a stranger compressed may become anything.
    if ((length += value.length) > most) throw new Error('too large');
    parts.push(value as Uint8Array<ArrayBuffer>);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
const binary = (bytes: Uint8Array): string => Array.from(bytes, (b) => String.fromCharCode(b)).join('');

/** The shorter of both. */
export async function packed(text: string): Promise<Packed> {
  const plain = pack(text);
  try {
    const bytes = await through(new TextEncoder().encode(text), new CompressionStream('deflate-raw'));
    const short = btoa(binary(bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
    return short.length < plain.length ? ['z', short] : ['x', plain];
  } catch {
    return ['x', plain];
  }
}
/** The text of a preset in a link; null: it is none. */
export async function unpacked([key, value]: Packed): Promise<string | null> {
  if (key === 'x') return unpack(value);
  try {
    const bytes = Uint8Array.from(atob(value.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(
      await through(bytes, new DecompressionStream('deflate-raw'))
    );
  } catch {
    return null;
  }
}
