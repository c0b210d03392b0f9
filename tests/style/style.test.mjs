// What tools say of the sources. `./dev format` mends both, as far as it is a matter of format.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

const sources = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sources(path);
    return /\.(h|hpp|cpp)$/.test(entry.name) ? [path] : [];
  });
const passes = (command, ...args) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(status, 0, error ? String(error) : stdout + stderr);
};

test('C++ is as clang-format leaves it', () => {
  passes('clang-format', '--dry-run', '-Werror', ...['core', 'wasm', 'presets', 'tests'].flatMap((folder) => sources(join(root, folder))));
});

const { scripts } = JSON.parse(readFileSync(join(root, 'web/package.json'), 'utf8'));
test('the page is formatted and linted', { skip: !scripts.lint }, () => {
  passes('npm', 'run', '--silent', '--prefix', 'web', 'lint');
});
