import assert from "node:assert/strict";
import { test } from "node:test";
import * as rules from "../rules.mjs";
import { fixtures } from "./fixtures.mjs";

const helpers = ["canonical", "canonicalFile", "inSchemaOrder", "schemaFor"];

test("every rule has a passing and a failing fixture", () => {
  const names = Object.keys(rules).filter((x) => typeof rules[x] === "function" && !helpers.includes(x));
  assert.deepEqual(Object.keys(fixtures).sort(), names.sort());
  for (const name of names) assert.ok(fixtures[name].pass.length && fixtures[name].fail.length, name);
});

for (const [name, { pass, fail }] of Object.entries(fixtures)) {
  test(`${name} passes what is right`, () => {
    for (const args of pass) assert.deepEqual(rules[name](...args), []);
  });
  test(`${name} refuses what is wrong`, () => {
    for (const args of fail) {
      const messages = rules[name](...args);
      assert.equal(messages.length > 0, true, JSON.stringify(args));
      for (const message of messages) assert.match(message, /\S/);
    }
  });
}

test("canonical keeps arrays of scalars on a line of 110 columns and breaks longer ones", () => {
  const fits = Array(34).fill(1);
  assert.equal(rules.canonical({ a: fits }).split("\n").length, 3);
  assert.equal(rules.canonical({ a: Array(35).fill(1) }).split("\n").length, 39);
});

test("canonical is stable", () => {
  const value = { a: [], b: {}, c: [{ d: [1, "x", null, true] }], e: 1e21, f: "ü\n" };
  assert.deepEqual(JSON.parse(rules.canonical(value)), value);
  assert.equal(rules.canonical(JSON.parse(rules.canonical(value))), rules.canonical(value));
});

test("inSchemaOrder follows items, references, alternatives and additionalProperties", () => {
  const leaf = { properties: { x: {}, y: {} } };
  const schema = {
    $defs: { leaf },
    properties: { list: { items: { $ref: "#/$defs/leaf" } }, either: { oneOf: [{ properties: { z: {} } }, { $ref: "#/$defs/leaf" }] }, map: { additionalProperties: leaf } },
  };
  const shuffled = { map: { k: { y: 1, x: 2 } }, either: { y: 1, x: 2 }, list: [{ y: 1, x: 2 }] };
  assert.equal(JSON.stringify(rules.inSchemaOrder(shuffled, schema)), '{"list":[{"x":2,"y":1}],"either":{"x":2,"y":1},"map":{"k":{"x":2,"y":1}}}');
});

test("inSchemaOrder follows references into other schemas and from there on", () => {
  const schemas = { "other.json": { $defs: { outer: { properties: { x: { $ref: "#/$defs/inner" }, y: {} } }, inner: { properties: { a: {}, b: {} } } } } };
  const schema = { properties: { z: { $ref: "other.json#/$defs/outer" } } };
  assert.equal(JSON.stringify(rules.inSchemaOrder({ z: { y: 1, x: { b: 1, a: 2 } } }, schema, schema, schemas)), '{"z":{"x":{"a":2,"b":1},"y":1}}');
});

test("schemaFor chooses the alternative by type", () => {
  const schema = { $id: "s.json", oneOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/b" }], $defs: { a: { properties: { type: { const: "x" } } }, b: { properties: { type: { const: "y" } } } } };
  assert.deepEqual(rules.schemaFor(schema, "y"), { node: schema.$defs.b, id: "s.json#/$defs/b" });
  assert.equal(rules.schemaFor(schema, "z"), undefined);
});
