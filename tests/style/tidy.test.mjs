// What clang-tidy says of the C++. Of the tests it says it by `./dev analyze`: for the macros of Catch2 they are a third of its time.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tidy } from './tidy.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('clang-tidy finds nothing', async () => {
  const found = await tidy(root, join(root, 'build/tidy'), (file) => !file.startsWith('tests/'));
  assert.equal(found.length, 0, found.join('\n'));
});
