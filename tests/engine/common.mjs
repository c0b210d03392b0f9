// What the comparisons with the engine share: its sources, as an npm package carries them (a git bundle; this version's are those
// that the presets cite), commands, and a median.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const enginePackage = 'node-llama-cpp@3.22.1';

/** Puts them into `folder`/llama.cpp, once. Throws what a command said that failed. */
export function fetch_source(folder) {
  if (fs.existsSync(path.join(folder, 'llama.cpp/CMakeLists.txt'))) return;
  fs.mkdirSync(folder, { recursive: true });
  process.stdout.write(`fetching ${enginePackage}\n`);
  const run = (command, ...args) => {
    const done = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.error?.message ?? done.stderr}`);
    return done.stdout;
  };
  const archive = run('npm', 'pack', '--silent', enginePackage).trim().split('\n').at(-1);
  run('tar', '-xzf', archive, 'package/llama/gitRelease.bundle');
  for (const name of ['llama.cpp', 'llama.cpp.part']) fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  run('git', 'clone', '--quiet', 'package/llama/gitRelease.bundle', 'llama.cpp.part');
  fs.renameSync(path.join(folder, 'llama.cpp.part'), path.join(folder, 'llama.cpp'));
  for (const spent of [archive, 'package']) fs.rmSync(path.join(folder, spent), { recursive: true, force: true });
}

/** Builds targets of llama.cpp for this machine, static, in `folder`/server. */
export function build_here(folder, run, targets) {
  fetch_source(folder);
  say(`building ${targets.join(' and ')} (minutes, once)`);
  // Virtual machines often show AMX and crash in it.
  const flags = os.arch() === 'x64' ? '-mno-amx-tile -mno-amx-int8 -mno-amx-bf16' : '';
  run('cmake', ['-S', 'llama.cpp', '-B', 'server', '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release', '-DBUILD_SHARED_LIBS=OFF', '-DLLAMA_CURL=OFF', '-DLLAMA_OPENSSL=OFF', '-DGGML_NATIVE=ON',
    '-DCMAKE_C_COMPILER_LAUNCHER=ccache', '-DCMAKE_CXX_COMPILER_LAUNCHER=ccache', `-DCMAKE_C_FLAGS=${flags}`, `-DCMAKE_CXX_FLAGS=${flags}`], { cwd: folder });
  run('cmake', ['--build', 'server', '--target', ...targets, '-j', os.availableParallelism()], { cwd: folder });
}

export const say = (text) => process.stdout.write(`${text}\n`);
/** Ends the program `name`. */
export const ending = (name) => (text) => {
  process.stderr.write(`${name}: ${text}\n`);
  process.exit(1);
};
/** Output of a command; where it fails, what it said last is handed to `die`. */
export const runner = (die) => (command, args, options = {}) => {
  const done = spawnSync(command, args.map(String), { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (done.status !== 0) die(`${command} ${args.join(' ')}: ${done.error?.message ?? (done.stderr || done.stdout).split('\n').slice(-20).join('\n')}`);
  return done.stdout;
};
export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
