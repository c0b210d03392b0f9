// The native half: a process that answers frames with lines.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** `ask(bytes)` gives what `edgewise_differential reader` makes of them. */
export function native(reader) {
  const child = spawn(join(root, 'build/native/tests/edgewise_differential'), [reader], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift().resolve(JSON.parse(line)));
  child.on('close', (code, signal) => waiting.forEach(({ reject }) => reject(new Error(`edgewise_differential ended: ${signal ?? code}`))));
  return {
    ask: (bytes) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        const length = Buffer.alloc(4);
        length.writeUInt32LE(bytes.length);
        child.stdin.write(length);
        child.stdin.write(bytes);
      }),
    end: () => child.stdin.end(),
  };
}
