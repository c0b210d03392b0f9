/** Headers of weights lie at the start of their files; what is behind them is never read. */

/** Longer ones are no model's. */
export const mostHeader = 32 * 1024 * 1024;
/** Bytes in which a safetensors file states how long its header is. */
export const lengthBytes = 8;

export const beginsWith = (bytes: Uint8Array, text: string): boolean =>
  String.fromCharCode(...bytes.slice(0, text.length)) === text;
export const isGguf = (bytes: Uint8Array): boolean => beginsWith(bytes, 'GGUF');
/** Where the header of a safetensors file ends, by its first `lengthBytes`. */
export const safetensorsEnd = (start: Uint8Array): number =>
  lengthBytes + Number(new DataView(start.buffer, start.byteOffset, lengthBytes).getBigUint64(0, true));
