// How Node, Deno and Bun read the file of an engine.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fetched } from './loading.mjs';

/** The path of a file of the package. Bundlers of servers must not take it for a file of theirs: no literal says it. */
export const fileBeside = (name) => () => fileURLToPath(new URL(name, import.meta.url));

/** The bytes of a path or a file: address, the response of another. */
export function read(address) {
  const text = String(address);
  if (text.startsWith('file:')) return readFile(fileURLToPath(text));
  return /^[a-z][a-z+.-]+:/i.test(text) ? fetched(text) : readFile(text);
}
