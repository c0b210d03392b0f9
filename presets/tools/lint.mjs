// Checks the presets; --fix rewrites files that are only not in canonical form. Exit status 1 if anything is wrong.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Ajv2020 from "ajv/dist/2020.js";
import { parse } from "csv-parse/sync";
import * as rules from "./rules.mjs";

const folders = { models: "model", devices: "device", runtimes: "runtime", quantizations: "quantization", calibrations: "calibration" };
// Of one file, given all presets; of all files of a folder.
const fileRules = {
  models: rules.modelRules,
  devices: rules.deviceRules,
  runtimes: rules.runtimeRules,
  quantizations: rules.quantizationRules,
  calibrations: rules.calibrationRules,
};
const folderRules = [rules.uniqueNames, rules.uniqueRecipes];
const tables = {
  "measurements/published.csv": {
    columns:
      "id,source,url,trust,device,power_mode,runtime,runtime_version,model,quant,kv_quant,batch,threads,prompt,generate,depth,flash_attention,metric,value,unit,model_size_gib,note,exclude",
    rules: [rules.measurementValue, rules.resolves, rules.excluded],
  },
  "quality/quality.csv": {
    columns: "id,model,variant,quant,method,benchmark,metric,shots,value,stderr,harness,source_url,note",
    rules: [rules.qualityValue],
  },
};

/** Lints the presets under `root`. Returns { errors, notices, files }. */
export function lint(root, { fix = false } = {}) {
  const errors = [];
  const notices = [];
  const presets = {};
  let files = 0;
  const valid = []; // [folder, data, report] of what the schema accepts
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
  const schemas = {};
  for (const name of Object.values(folders).map((x) => `${x}.schema.json`)) {
    const path = join(root, "schema", name);
    if (!existsSync(path)) continue;
    schemas[name] = JSON.parse(readFileSync(path, "utf8"));
    ajv.addSchema(schemas[name]);
  }

  for (const [folder, name] of Object.entries(folders)) {
    const directory = join(root, folder);
    if (!existsSync(directory)) {
      notices.push(`${folder}/ does not exist, skipped`);
      continue;
    }
    const schema = schemas[`${name}.schema.json`];
    if (!schema) notices.push(`${folder}/ has no schema: only file names, duplicate keys and unique names are checked`);
    const loaded = [];
    for (const file of readdirSync(directory).filter((x) => x.endsWith(".json")).sort()) {
      files++;
      const path = join(directory, file);
      const text = readFileSync(path, "utf8");
      const report = (messages) => errors.push(...messages.map((m) => `${folder}/${file}: ${m}`));
      let data;
      try {
        data = JSON.parse(text);
      } catch (error) {
        report([error.message]);
        continue;
      }
      const duplicates = rules.duplicateKeys(text);
      report(duplicates);
      report(rules.fileName(file, data));
      loaded.push([file, data]);
      if (!schema) continue;
      report(rules.knownType(data, schema));
      const own = rules.schemaFor(schema, data.type);
      if (!own) continue;
      const invalid = rules.schema(data, ajv.getSchema(own.id));
      report(invalid);
      const unformatted = rules.formatting(text, data, own.node, schema, schemas);
      if (fix && unformatted.length && !duplicates.length) writeFileSync(path, rules.canonicalFile(data, own.node, schema, schemas));
      else report(unformatted);
      if (!invalid.length) valid.push([folder, data, report]);
    }
    for (const rule of folderRules) errors.push(...rule(loaded).map((m) => `${folder}/: ${m}`));
    presets[folder] = new Map(loaded.map(([, data]) => [data.id, data]));
  }
  for (const [folder, data, report] of valid) for (const rule of fileRules[folder]) report(rule(data, presets));

  for (const [table, { columns, rules: rowRules }] of Object.entries(tables)) {
    const path = join(root, table);
    if (!existsSync(path)) {
      notices.push(`${table} does not exist, skipped`);
      continue;
    }
    files++;
    const text = readFileSync(path, "utf8");
    const report = (messages) => errors.push(...messages.map((m) => `${table}: ${m}`));
    if (text.includes("\r")) report(["has CR characters, must have LF line ends"]);
    const rows = parse(text, { columns: (head) => (report(rules.header(head, columns.split(","))), head) });
    report(rules.rowIds(rows));
    for (const row of rows) for (const rule of rowRules) report(rule(row, presets));
  }
  return { errors, notices, files };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const unknown = process.argv.slice(2).filter((x) => x !== "--fix");
  if (unknown.length) {
    console.error(`lint: unknown argument ${unknown[0]}\nusage: node lint.mjs [--fix]`);
    process.exit(2);
  }
  const { errors, notices, files } = lint(fileURLToPath(new URL("..", import.meta.url)), { fix: process.argv.includes("--fix") });
  for (const notice of notices) console.log(`note: ${notice}`);
  for (const error of errors) console.error(error);
  console.log(`${files} files, ${errors.length} errors`);
  process.exit(errors.length ? 1 : 0);
}
