// The page and the package as TypeScript sees them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('every type is right, and the half of the engine that estimates has no more than it says', () => {
  const web = fileURLToPath(new URL('..', import.meta.url));
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'typecheck'], {
    cwd: web,
    encoding: 'utf8'
  });
  assert.equal(status, 0, stdout + stderr);
});
