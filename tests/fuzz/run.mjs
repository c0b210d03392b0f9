// Searches on with every fuzz target of build/clang, `seconds` each (20 where none are given), half of them among inputs of at most
// 128 bytes, of which hundreds are tried in the time of a long one: what a target found stays in build/fuzz and is where its next
// search begins. With `--counts FILE` the executions of each are added to that file; with `--only NAME,...` these targets search alone.
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { counts: { type: 'string' }, only: { type: 'string' } } });
const seconds = Number(positionals[0] ?? 20);
if (!(seconds > 0)) throw new Error(`not a number of seconds: ${positionals[0]}`);

// How each is run, and from which seeds, stands in tests/CMakeLists.txt alone.
const listed = execFileSync('ctest', ['--test-dir', join(root, 'build/clang'), '--show-only=json-v1'], { encoding: 'utf8', maxBuffer: 1 << 28 });
const all = JSON.parse(listed).tests.filter(({ name }) => name.startsWith('fuzz_'));
const only = values.only?.split(',').map((name) => `fuzz_${name}`);
for (const name of only ?? [])
  if (!all.some((target) => target.name === name)) throw new Error(`no fuzz target: ${name.slice('fuzz_'.length)}`);
const targets = all.filter(({ name }) => !only || only.includes(name));

const search = ({ name, command: [program, ...fixed] }, length) =>
  new Promise((done) => {
    const short = length === 'short';
    const corpus = join(root, 'build/fuzz', short ? `${name}.short` : name);
    mkdirSync(corpus, { recursive: true });
    // Seeds are longer than a short input.
    const own = short ? /^-(runs|seed|max_len|seed_inputs)=/ : /^-(runs|seed)=/;
    const options = fixed.filter((option) => !own.test(option));
    if (short) options.push('-max_len=128');
    const child = spawn(program, [...options, `-max_total_time=${Math.max(1, Math.round(seconds / 2))}`, `-artifact_prefix=${corpus}.`, '-print_final_stats=1', corpus]);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes));
    child.on('close', (status) => {
      writeFileSync(`${corpus}.log`, said);
      const runs = Number(/stat::number_of_executed_units:\s*(\d+)/.exec(said)?.[1] ?? 0);
      console.log(`${name.slice('fuzz_'.length).padEnd(12)} ${length.padEnd(5)} ${String(runs).padStart(10)} executions, corpus ${readdirSync(corpus).length}${status ? `  FAILED (${status}): ${corpus}.log` : ''}`);
      if (values.counts) appendFileSync(values.counts, `${JSON.stringify({ what: name, n: runs })}\n`);
      done(status !== 0);
    });
  });

const waiting = targets.flatMap((target) => ['short', 'long'].map((length) => [target, length]));
let failures = 0;
const worker = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) failures += await search(...next);
};
await Promise.all(Array.from({ length: Number(process.env.JOBS) || availableParallelism() }, worker));
console.log(`fuzz: ${targets.length} targets, ${seconds} s each, ${failures} failures`);
process.exitCode = failures || !targets.length ? 1 : 0;
