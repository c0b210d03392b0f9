// The rooms of the companion stand one above the other: each includes only what is below it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../../presets/companion/src', import.meta.url));
const order = ['', 'reference', 'check', 'measure', 'measure/gpu', 'calibrate', 'publish', 'engine', 'commands', 'top'];
const files = readdirSync(src, { recursive: true }).filter((f) => /\.(h|cpp)$/.test(f));
const roomOf = (file) => (/^(ask|main)\./.test(file) ? 'top' : dirname(file) === '.' ? '' : dirname(file));
const level = (room) => order.indexOf(room === 'serve' ? 'publish' : room);

test('no room includes what stands above it, and publish and serve not each other', () => {
  const here = new Set(files);
  for (const file of files) {
    const room = roomOf(file);
    assert.ok(level(room) >= 0, `${file}: an unknown room`);
    for (const [, name] of readFileSync(join(src, file), 'utf8').matchAll(/^#include "([^"]+)"/gm)) {
      const beside = relative(src, join(src, dirname(file), name));
      const included = here.has(beside) ? beside : here.has(name) ? name : null;
      if (!included) continue; // of the library
      assert.ok(level(roomOf(included)) < level(room) || roomOf(included) === room, `${file} includes ${included}`);
    }
  }
});
