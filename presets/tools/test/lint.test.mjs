import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { lint } from "../lint.mjs";

const presets = fileURLToPath(new URL("../..", import.meta.url));
const made = [];
after(() => made.forEach((x) => rmSync(x, { recursive: true })));

/** A folder with the schemas, one device and one model, and whatever else is named. */
function small(...more) {
  const root = mkdtempSync(join(tmpdir(), "presets-"));
  made.push(root);
  for (const x of ["schema", "models/llama-3.2-1b.json", "devices/raspberry-pi-5-8gb.json", ...more]) cpSync(join(presets, x), join(root, x), { recursive: true });
  return root;
}
const examplesOf = (name) => [...readFileSync(join(presets, "schema", `${name}.md`), "utf8").matchAll(/```json\n([\s\S]*?)```/g)].map((x) => x[1]);
const change = (path, f) => writeFileSync(path, f(readFileSync(path, "utf8")));

test("good presets have no errors, absent folders are named", () => {
  const { errors, notices, files } = lint(small());
  assert.deepEqual(errors, []);
  assert.equal(files, 2);
  assert.match(notices.join("\n"), /runtimes\/ does not exist/);
});

test("a key that the schema does not know is an error with its name", () => {
  const root = small();
  change(join(root, "models/llama-3.2-1b.json"), (x) => x.replace('"hidden_size"', '"hiden_size"'));
  const { errors } = lint(root);
  assert.match(errors.join("\n"), /llama-3\.2-1b\.json: \/config must NOT have additional properties \("hiden_size"\)/);
  assert.match(errors.join("\n"), /required property 'hidden_size'/);
});

test("text that is no JSON is an error, not an exception", () => {
  const root = small();
  writeFileSync(join(root, "models/broken.json"), "{");
  assert.match(lint(root).errors.join("\n"), /models\/broken\.json: /);
});

test("--fix writes the canonical form and nothing else", () => {
  const root = small();
  const path = join(root, "devices/raspberry-pi-5-8gb.json");
  const wanted = readFileSync(path, "utf8");
  const { type, ...rest } = JSON.parse(wanted);
  writeFileSync(path, JSON.stringify({ ...rest, type }));
  assert.match(lint(root).errors.join("\n"), /not the canonical form/);
  assert.deepEqual(lint(root, { fix: true }).errors, []);
  assert.equal(readFileSync(path, "utf8"), wanted);
});

test("--fix leaves a file with duplicate keys alone", () => {
  const root = small();
  const path = join(root, "models/llama-3.2-1b.json");
  change(path, (x) => x.replace('"format_version": 1,', '"format_version": 2, "format_version": 1,'));
  const before = readFileSync(path, "utf8");
  assert.match(lint(root, { fix: true }).errors.join("\n"), /"format_version" is there twice/);
  assert.equal(readFileSync(path, "utf8"), before);
});

test("tables are checked against the presets", () => {
  const root = small();
  mkdirSync(join(root, "measurements"));
  const [head, first] = readFileSync(join(presets, "measurements/published.csv"), "utf8").split("\n");
  writeFileSync(join(root, "measurements/published.csv"), `${head}\n${first.replace(/^[^,]*/, "m0")}\n`);
  assert.match(lint(root).errors.join("\n"), /m0: no model preset/);
});

test("the examples of the prose twins are complete and valid", () => {
  const root = small();
  cpSync(join(presets, "runtimes/llama.cpp-cpu.json"), join(root, "runtimes/llama.cpp-cpu.json"));
  for (const [name, folder] of Object.entries({ model: "models", device: "devices", runtime: "runtimes", calibration: "calibrations" })) {
    const examples = examplesOf(name);
    assert.ok(examples.length > 0, name);
    mkdirSync(join(root, folder), { recursive: true });
    for (const example of examples) writeFileSync(join(root, folder, `${JSON.parse(example).id}.json`), example);
  }
  assert.deepEqual(lint(root).errors, []);
});

test("the prose twins name every property of their schema", () => {
  const names = (node) => [
    ...Object.entries(node?.properties ?? {}).flatMap(([key, x]) => [key, ...names(x)]),
    ...(node?.items ? names(node.items) : []),
    ...Object.values(node?.$defs ?? {}).flatMap(names),
  ];
  for (const name of ["model", "device", "runtime", "quantization", "calibration"]) {
    const prose = readFileSync(join(presets, "schema", `${name}.md`), "utf8");
    const schema = JSON.parse(readFileSync(join(presets, "schema", `${name}.schema.json`), "utf8"));
    for (const key of names(schema)) assert.ok(prose.includes(`\`${key}\``), `${name}.md does not mention ${key}`);
  }
});
