// Writes every preset that has a schema in canonical form.
import { fileURLToPath } from "node:url";
import { lint } from "./lint.mjs";

lint(fileURLToPath(new URL("..", import.meta.url)), { fix: true });
