// The library as a stranger gets it: installed, or added as a folder, by projects that know nothing else of Edgewise.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = join(root, 'tests/install');
const work = join(root, 'build/install');
const version = /project\(edgewise VERSION (\S+)/.exec(readFileSync(join(root, 'CMakeLists.txt'), 'utf8'))[1];

const environment = { ...process.env, CCACHE_BASEDIR: root, CCACHE_NOHASHDIR: '1' };
const run = (command, args, env = {}) => {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...environment, ...env } });
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}\n${error.stdout}${error.stderr}`);
  }
};

/// Configures `source` in the folder `name` and builds it; what CMake said. ccache makes it quick the next time, and several files at a
/// time, where Edgewise itself is compiled, without optimization, the first.
const build = (name, source, ...options) => {
  const quick = ['-DCMAKE_CXX_COMPILER_LAUNCHER=ccache', '-DCMAKE_CXX_FLAGS_RELEASE=-O0', '-DEDGEWISE_UNITY=ON'];
  const said = run('cmake', ['-S', source, '-B', join(work, name), '-G', 'Ninja', ...quick, ...options]);
  run('cmake', ['--build', join(work, name)]);
  return said;
};
const install = (name, ...options) => {
  const said = build(name, root, '-DEDGEWISE_DEVELOPER=OFF', ...options);
  run('cmake', ['--install', join(work, name), '--prefix', join(work, `${name}-prefix`)]);
  return said;
};
const without_json = '-DCMAKE_IGNORE_PATH=/usr/include;/usr/share/cmake/nlohmann_json';
const installed = (name) => `-DCMAKE_PREFIX_PATH=${join(work, `${name}-prefix`)}`;
const flags = (module) =>
  run('pkg-config', ['--cflags', '--libs', module], { PKG_CONFIG_PATH: ['lib', 'lib64'].map((lib) => join(work, `library-prefix/${lib}/pkgconfig`)).join(':') })
    .trim()
    .split(/\s+/);

const core = `edgewise ${version}: 210240 parameters, 420480 bytes\n`;
const json = (said) => {
  assert.match(said, /^Runs well: it needs .* tok\/s/);
  assert.match(said, /\n420480 bytes of weights\ncaught 4 of 4\n$/);
};

before(() => {
  rmSync(work, { recursive: true, force: true });
  install('library');
});

test('find_package', () => {
  build('found-core', join(here, 'core'), installed('library'));
  assert.equal(run(join(work, 'found-core/stranger'), []), core);
  build('found-json', join(here, 'json'), installed('library'));
  json(run(join(work, 'found-json/stranger'), []));
});

test('find_package accepts this minor version and refuses the next', () => {
  const [major, minor] = version.split('.').map(Number);
  build('found-core', join(here, 'core'), installed('library'), `-DEDGEWISE_WANTED=${major}.${minor}`);
  assert.throws(() => build('found-core', join(here, 'core'), installed('library'), `-DEDGEWISE_WANTED=${major}.${minor + 1}`), /requested version/);
});

test('add_subdirectory builds the library and nothing else', () => {
  build('added', join(here, 'json'), `-DEDGEWISE_SOURCE=${root}`);
  json(run(join(work, 'added/stranger'), []));
  const targets = run('cmake', ['--build', join(work, 'added'), '--target', 'help']);
  assert.match(targets, /^edgewise_core:/m);
  assert.doesNotMatch(targets, /^(edgewise|edgewise_(tests|companion|bundle|golden|bench)):/m);
});

test('pkg-config', () => {
  const core_program = join(work, 'pkg-core'), json_program = join(work, 'pkg-json');
  run('c++', ['-std=c++20', join(here, 'core/main.cpp'), '-o', core_program, ...flags('edgewise')]);
  assert.equal(run(core_program, []), core);
  run('c++', ['-std=c++20', join(here, 'json/main.cpp'), '-o', json_program, ...flags('edgewise-json')]);
  json(run(json_program, []));
});

test("a program's own errors of JSON stay exceptions when the library's copies of nlohmann/json come first", () => {
  const program = join(work, 'library-first'), all = flags('edgewise-json');
  run('c++', ['-std=c++20', '-o', program, ...all.filter((f) => f.startsWith('-L')), '-Wl,--whole-archive', '-ledgewise-json', '-Wl,--no-whole-archive',
    join(here, 'json/main.cpp'), ...all]);
  json(run(program, []));
});

test('without nlohmann/json the core alone is built, installed and found', () => {
  install('alone', without_json);
  const prefix = join(work, 'alone-prefix');
  assert.ok(existsSync(join(prefix, 'include/edgewise/estimate.h')));
  assert.ok(!existsSync(join(prefix, 'include/edgewise/json.h')));
  build('alone-core', join(here, 'core'), installed('alone'), without_json);
  assert.equal(run(join(work, 'alone-core/stranger'), []), core);
  assert.throws(() => build('alone-json', join(here, 'json'), installed('alone')), /edgewise::json is not installed/);
});

test('without nlohmann/json an installed edgewise::json is not offered', () => {
  build('half-core', join(here, 'core'), installed('library'), without_json);
  assert.equal(run(join(work, 'half-core/stranger'), []), core);
  assert.throws(() => build('half-json', join(here, 'json'), installed('library'), without_json), /edgewise::json needs nlohmann_json/);
});
