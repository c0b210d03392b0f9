// What the publishing tests share: a preset, the binary as a process, servers on free ports.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
export const root = path.resolve(here, '../..');
export const edgewise = process.env.EDGEWISE ?? path.join(root, 'build/native/bin/edgewise');

/** The preset of a measured board, changed by `change`. */
export function board(change = () => {}) {
  const preset = JSON.parse(fs.readFileSync(path.join(here, 'board.json'), 'utf8'));
  change(preset);
  return preset;
}

/** A folder of its own for each test, and the binary run in it with nothing of the caller's environment. */
export class Bench {
  /** Ends with the test `t`; without one, by `close`. */
  constructor(t) {
    t?.after(() => this.close());
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edgewise-publish-'));
    this.ends = [];
  }
  file(name, content) {
    const file = path.join(this.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (content !== undefined) fs.writeFileSync(file, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
    return file;
  }
  environment(extra = {}) {
    return { PATH: process.env.PATH, HOME: this.folder, XDG_DATA_HOME: path.join(this.folder, 'data'), ...extra };
  }
  /** Runs to the end: { status, stdout, stderr }. */
  async run(args, { env = {}, command = edgewise, timeout = 120_000 } = {}) {
    const child = spawn(command, args, { cwd: this.folder, env: this.environment(env), stdio: ['ignore', 'pipe', 'pipe'], timeout });
    const out = [];
    const err = [];
    child.stdout.on('data', (x) => out.push(x));
    child.stderr.on('data', (x) => err.push(x));
    const [status] = await once(child, 'close');
    return { status, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
  }
  publish(file, to, ...rest) {
    const options = rest.length && typeof rest.at(-1) === 'object' ? rest.pop() : {};
    return this.run(['publish', file, '--to', to, '--yes', ...rest], options);
  }
  kept(state) {
    const folder = path.join(this.folder, 'data/edgewise', state);
    return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  }
  atEnd(action) {
    this.ends.push(action);
  }
  async close() {
    for (const end of this.ends.reverse()) await end();
    fs.rmSync(this.folder, { recursive: true });
  }
}

export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** An HTTP server in this process; `answer(request, response, body)` does the rest. Returns its address. */
export async function serve(bench, answer) {
  const server = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    await answer(request, response, Buffer.concat(parts));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  bench.atEnd(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** What `publish` shows are the bytes that it sends: everything before the lines about where they went. */
export const shownBytes = (stdout) => stdout.slice(0, stdout.indexOf('\n}\n') + 3);
