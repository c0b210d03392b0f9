// The golden answers again, through both halves of the npm package: the same bytes as the native build gives.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const golden = join(root, 'tests/golden');
const halves = ['index', 'estimate'];

/** Numbers as C's %.16e writes them. */
function exact(value) {
  if (typeof value === 'number') return value.toExponential(16).replace(/e([+-])(\d)$/, 'e$10$2');
  if (Array.isArray(value)) return value.map(exact);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, exact(v)]));
}

const files = (folder) => readdirSync(folder).filter((f) => f.endsWith('.json')).sort().map((f) => join(folder, f));
const cases = JSON.parse(readFileSync(join(golden, 'cases.json'), 'utf8'));

for (const half of halves) {
  const { load, EdgewiseError } = await import(join(root, `build/wasm/package/${half}.node.mjs`));
  const engine = await load();
  engine.addPreset(readFileSync(join(root, 'presets/device-classes.json'), 'utf8'));
  engine.addPreset(readFileSync(join(root, 'presets/speculation.json'), 'utf8'));
  for (const name of ['formats', 'gguf', 'full-precision']) engine.addPreset(readFileSync(join(root, `presets/quantizations/${name}.json`), 'utf8'));
  for (const file of [...files(join(root, 'presets/models')), ...files(join(golden, 'presets'))]) engine.addPreset(readFileSync(file, 'utf8'));
  for (const { name, query } of cases)
    test(`golden ${name}, ${half}`, () => {
      let result;
      try {
        result = engine.estimate(query);
      } catch (error) {
        if (!(error instanceof EdgewiseError)) throw error;
        result = { errors: error.errors };
      }
      const expected = readFileSync(join(golden, 'expected', `${name}.json`), 'utf8');
      assert.equal(`${JSON.stringify(exact(result), null, 1)}\n`, expected);
    });
}

test('every golden file belongs to a case', () => {
  assert.deepEqual(readdirSync(join(golden, 'expected')).sort(), cases.map((c) => `${c.name}.json`).sort());
});
