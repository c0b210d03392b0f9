// The page and the package as TypeScript sees them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('..', import.meta.url));
function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
}

test('every type is right, and the half of the engine that estimates has no more than it says', () =>
  run('npm', ['run', '--silent', 'typecheck'], web));

test('the package’s own types know its ids, and let others be asked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'edgewise-types-'));
  cpSync(join(web, '../build/wasm/package'), join(folder, 'node_modules/edgewise'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(folder, 'asked.ts'),
    `import { load, type DeviceId, type ModelId, type Query } from 'edgewise';
    import { presets, type DeviceId as Device } from 'edgewise/presets';
    const device: DeviceId & Device = 'raspberry-pi-5-8gb';
    const query: Query = { model: 'of-my-own', device, draft_model: 'llama-3.2-1b' };
    // @ts-expect-error
    const none: ModelId = 'llama-9';
    export const asked = async () => [(await load({ presets })).estimate(query), none];`
  );
  const options = ['--noEmit', '--strict', '--target', 'es2022', 'asked.ts'];
  for (const resolution of ['bundler', 'nodenext']) {
    const module = resolution === 'bundler' ? 'esnext' : resolution;
    const tsc = join(web, 'node_modules/.bin/tsc');
    run(tsc, ['--moduleResolution', resolution, '--module', module, ...options], folder);
  }
  rmSync(folder, { recursive: true });
});
