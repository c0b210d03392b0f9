// What `./dev reliability` adds up: with EDGEWISE_COUNTS, a file, what a test tried is written there, a line each.
import { appendFileSync } from 'node:fs';

const to = process.env.EDGEWISE_COUNTS;

/** `n` more of `what`, all of which ended as they must: to be called after that was asserted. */
export function counted(what, n = 1) {
  if (to) appendFileSync(to, `${JSON.stringify({ what, n })}\n`);
}
