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

const measured = {
  runtime: "llama.cpp-cpu", origin: "measured", configurations: 1, parameters: { decode_cost: { Q4_0: 4.5 }, bandwidth_share: 0.9 }, date: "2026-01-31", tool: "edgewise 1.0",
  samples: [{ test: "read", cores: "fast", threads: 4, unit: "B/s", values: [1.1e10, 1.2e10], working_set_B: 2.7e8 }, { engine: "tiny Q4_0: decode_tok_s", value: 5.5 }],
};

test("a device preset may hold calibrations, and their keys are put in order", () => {
  const root = small("quantizations", "runtimes");
  const path = join(root, "devices/raspberry-pi-5-8gb.json");
  const put = (more) => change(path, (x) => JSON.stringify({ ...JSON.parse(x), calibrations: [{ ...measured, ...more }] }));
  put();
  lint(root, { fix: true });
  assert.deepEqual(lint(root).errors, []);
  const { calibrations } = JSON.parse(readFileSync(path, "utf8"));
  assert.equal(Object.keys(calibrations[0]).join(), "runtime,origin,configurations,parameters,samples,tool,date");
  assert.equal(Object.keys(calibrations[0].parameters).join(), "bandwidth_share,decode_cost");
  put({ colour: "red", parameters: { bandwith_share: 0.9 } });
  assert.match(lint(root).errors.join("\n"), /calibrations\/0 must NOT have additional properties \("colour"\)[\s\S]*parameters must NOT have additional properties \("bandwith_share"\)/);
  put({ runtime: "llama.cpp-cup", parameters: { bandwidth_share: 3, decode_cost: { Q9: 4 } } });
  const found = lint(root).errors.join("\n");
  for (const message of [/no runtime preset "llama\.cpp-cup"/, /bandwidth_share is 3/, /"Q9" is no storage format/]) assert.match(found, message);
});

test("the type of a file chooses its schema", () => {
  const root = small("quantizations");
  const path = join(root, "quantizations/awq.json");
  change(path, (x) => x.replace('"type": "quantizations"', '"type": "formats"'));
  assert.match(lint(root).errors.join("\n"), /awq\.json: \/ must NOT have additional properties \("recipes"\)/);
  change(path, (x) => x.replace('"type": "formats"', '"type": "recipes"'));
  assert.match(lint(root).errors.join("\n"), /awq\.json: \/type is "recipes", must be one of quantizations, formats/);
});

test("runtimes, recipes and calibrations are checked against each other", () => {
  const root = small("quantizations", "runtimes/llama.cpp-cpu.json", "calibrations/llama.cpp-cpu.json");
  change(join(root, "runtimes/llama.cpp-cpu.json"), (x) => x.replace(/"default_quantization": "\w+"/, '"default_quantization": "awq-int8"'));
  change(join(root, "quantizations/awq.json"), (x) => x.replace('"INT8_G128"', '"INT8_G127"').replace("awq-int4-g32", "Q4_K_M"));
  const found = lint(root).errors.join("\n");
  assert.match(found, /llama\.cpp-cpu\.json: default_quantization "awq-int8" is none that it runs/);
  assert.match(found, /awq\.json: awq-int8: linear: "INT8_G127" is no storage format/);
  assert.match(found, /quantizations\/: the recipe "Q4_K_M" is both in awq\.json and gguf\.json/);
  assert.match(found, /calibrations\/llama\.cpp-cpu\.json: no device preset/);
});

test("calibrations as edgewise fit-published writes them are formatted once and for all", () => {
  const root = small("quantizations", "runtimes");
  mkdirSync(join(root, "calibrations"));
  const path = join(root, "calibrations/llama.cpp-cpu.json");
  writeFileSync(
    path,
    `{
  "type": "calibrations",
  "format_version": 1,
  "id": "llama.cpp-cpu",
  "runtime": "llama.cpp-cpu",
  "provenance": {
    "command": "edgewise fit-published",
    "measurements": "published.csv"
  },
  "defaults": {
    "bandwidth_share": 1.0,
    "launch_s": 2.697e-06,
    "step_s": 9.1e-07,
    "decode_cost": {
      "Q4_0": 20.0,
      "F32": 5.601
    }
  },
  "classes": [],
  "devices": [
    {
      "devices": [
        "raspberry-pi-5-8gb"
      ],
      "origin": "fitted",
      "configurations": 12.0,
      "parameters": {}
    }
  ]
}
`,
  );
  const written = JSON.parse(readFileSync(path, "utf8"));
  lint(root, { fix: true });
  const once = readFileSync(path, "utf8");
  assert.deepEqual(lint(root).errors, []);
  lint(root, { fix: true });
  assert.equal(readFileSync(path, "utf8"), once);
  assert.deepEqual(JSON.parse(once), written);
  assert.match(once, /"launch_s": 0\.000002697,/);
  assert.match(once, /"devices": \["raspberry-pi-5-8gb"\],/);
});

test("the examples of the prose twins are complete and valid", () => {
  const put = (root, folders) => {
    for (const [name, folder] of Object.entries(folders)) {
      mkdirSync(join(root, folder), { recursive: true });
      const examples = examplesOf(name);
      assert.ok(examples.length > 0, name);
      for (const example of examples) writeFileSync(join(root, folder, `${JSON.parse(example).id}.json`), example);
    }
    assert.deepEqual(lint(root).errors, []);
  };
  put(small("runtimes/llama.cpp-cpu.json"), { model: "models", device: "devices", runtime: "runtimes", calibration: "calibrations" });
  put(small(), { quantization: "quantizations" });
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
