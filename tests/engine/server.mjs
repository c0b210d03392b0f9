// Asks a real llama-server by `edgewise measure --server`, and compares what it says with llama-bench on the same files. Its models
// have random weights, and a vocabulary of bytes.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build_here, ending, runner, say } from './common.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = process.env.EDGEWISE_BUILD ?? path.join(root, 'build/native');
const folder = process.env.EDGEWISE_ENGINE ?? path.join(root, 'build/engine');
const edgewise = path.join(build, 'bin/edgewise');
const at = (...names) => path.join(folder, ...names);
const models = ['smollm2-135m Q8_0', 'qwen2.5-0.5b Q4_0'];
const limits = { server: 0.2, explained: 0.1 };

const die = ending('test-engine, server'), run = runner(die);

/** llama-server and llama-bench, built once. */
function programs() {
  const bin = at('server/bin');
  if (!['llama-server', 'llama-bench'].every((name) => fs.existsSync(path.join(bin, name)))) build_here(folder, run, ['llama-server', 'llama-bench']);
  return { server: path.join(bin, 'llama-server'), bench: path.join(bin, 'llama-bench') };
}

const freePort = () => new Promise((resolve) => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

/** A server that has loaded its model. */
async function serve(program, file) {
  const port = await freePort(), url = `http://127.0.0.1:${port}`;
  const child = spawn(program, ['-m', file, '--port', port, '-c', 4096, '-np', 1, '-t', os.availableParallelism()].map(String), { stdio: 'ignore' });
  for (let i = 0; ; ++i) {
    const ready = await fetch(`${url}/health`).then((r) => r.ok, () => false);
    if (ready) return { child, url };
    if (i === 600 || child.exitCode !== null) die(`${program} does not serve ${file}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function measure(url, output) {
  return new Promise((resolve) => {
    const child = spawn(edgewise, ['measure', '--server', url, '--only-engine', '--engine-budget', '600', '--output', output]);
    let log = '';
    child.stderr.on('data', (text) => (log += text));
    child.on('close', (status) => resolve({ status, log }));
    measure.child = child;
    measure.log = () => log;
  });
}

const { server, bench } = programs();
fs.mkdirSync(at('served'), { recursive: true });
const outputs = [];
let missed = 0;
const check = (good, text) => {
  say(`  ${good ? 'ok  ' : 'MISS'} ${text}`);
  if (!good) missed += 1;
};
for (const name of models) {
  const [model, quant] = name.split(' '), file = at('served', `${model}-${quant}.gguf`);
  if (!fs.existsSync(file)) run(path.join(build, 'tests/edgewise_engine_gguf'), [model, quant, file, '--vocabulary']);
  const { child, url } = await serve(server, file);
  const output = at('served', `${model}-${quant}.json`);
  const { status, log } = await measure(url, output);
  child.kill();
  if (status !== 0) die(`${name}: ${log}`);
  outputs.push(output);
  const truth = JSON.parse(run(bench, ['-m', file, '-p', 512, '-n', 64, '-r', 3, '-t', os.availableParallelism(), '-o', 'json']));
  for (const row of JSON.parse(fs.readFileSync(output)).engine_rows) {
    const [metric, value, prompt, runtime, preset] = [17, 18, 13, 6, 8].map((i) => row[i]);
    if (runtime !== 'llama.cpp-cpu' || preset !== model) die(`${name} is called ${preset} on ${runtime}`);
    if (Math.abs(prompt - 512) > 40) continue;
    // Decoding after the prompt reads its cache too, which in models so small is not nothing.
    const found = truth.find((t) => (metric === 'prefill_tok_s' ? t.n_gen === 0 : t.n_prompt === 0)).avg_ts;
    check(Math.abs(value / found - 1) < limits.server, `${name}: ${metric} ${Number(value).toFixed(1)}, llama-bench ${found.toFixed(1)}`);
  }
}

// One preset from both, with nothing else known.
const merged = JSON.parse(fs.readFileSync(outputs[0]));
merged.engine_rows.push(...JSON.parse(fs.readFileSync(outputs[1])).engine_rows);
fs.writeFileSync(at('served/both.json'), JSON.stringify(merged));
const fitted = run(edgewise, ['fit', at('served/both.json'), '--output', at('served/served-board.json'), '--accept-outlier']);
for (const [line, percent] of [...fitted.matchAll(/^.*explained .*\((-?[\d.]+) %\)$/gm)]) check(Math.abs(percent) < 100 * limits.explained, line);
run(edgewise, ['check', at('served/served-board.json')]);

// Killed while it answers.
const dying = await serve(server, at('served', `${models[1].replace(' ', '-')}.gguf`));
const output = at('served/never.json');
fs.rmSync(output, { force: true });
const ended = measure(dying.url, output);
while (!/POST[^]*POST/.test(measure.log())) await new Promise((resolve) => setTimeout(resolve, 20));
dying.child.kill('SIGKILL');
const { status, log } = await ended;
check(status === 1 && /POST \/completion/.test(log.split('\n').slice(-2).join('')) && !fs.existsSync(output), `a server that dies ends with ${status}: ${log.trim().split('\n').at(-1)}`);
if (missed > 0) die(`${missed} limits were missed`);
