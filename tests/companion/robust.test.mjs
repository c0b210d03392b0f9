// What happens to a measurement from outside: signals, quotas, full disks, odd outputs, texts that would steer a terminal.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { counted } from '../counted.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const edgewise = process.env.EDGEWISE ?? path.join(root, 'build/native/bin/edgewise');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edgewise-robust-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
const inFolder = (...parts) => path.join(folder, ...parts);
const options = { encoding: 'utf8', cwd: folder, timeout: 120_000 };
const run = (...args) => spawnSync(edgewise, args, options);
const bash = (script, env = {}, ...args) => spawnSync('bash', ['-c', script, edgewise, ...args], { ...options, env: { ...process.env, ...env } });
const write = (name, content) => {
  fs.mkdirSync(path.dirname(inFolder(name)), { recursive: true });
  fs.writeFileSync(inFolder(name), content);
  return inFolder(name);
};
const rows = 'runtime,model,quant,prompt,generate,depth,metric,value\nllama.cpp-cuda,llama-3.2-1b,Q4_K_M,0,128,0,decode_tok_s,30\n';
const fitTo = (output, ...more) => ['fit', write('rows.csv', rows), '--device', 'jetson-orin-nano-super-8gb', '--output', output, ...more];

// --- signals ---

/// Whether the process is `edgewise` by now and, where it is to catch the signal, does.
const isReady = (pid, signal, catches) => {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  const caught = BigInt(`0x${/^SigCgt:\s*(\w+)/m.exec(status)[1]}`);
  return /^Name:\s*edgewise$/m.test(status) && (!catches || (caught >> BigInt(os.constants.signals[`SIG${signal}`] - 1)) & 1n);
};

for (const signal of ['HUP', 'INT', 'TERM'])
  test(`SIG${signal}, ignored when it was started, does not end a measurement; otherwise it does`, async () => {
    for (const ignored of [true, false]) {
      const output = `sig-${signal}-${ignored}.json`;
      const child = spawn('bash', ['-c', `${ignored ? `trap '' ${signal};` : ''} exec "$0" measure --budget 5 --output ${output}`, edgewise], { cwd: folder, stdio: 'ignore' });
      while (!isReady(child.pid, signal, !ignored)) await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise((resolve) => setTimeout(resolve, 300));
      child.kill(`SIG${signal}`);
      const [code] = await once(child, 'exit');
      assert.equal(code, ignored ? 0 : 130);
      assert.equal(fs.existsSync(inFolder(output)), ignored);
      counted('signals');
    }
  });

// --- quotas ---

const machine = (files) => {
  const at = fs.mkdtempSync(inFolder('root-'));
  const all = {
    'proc/meminfo': 'MemTotal: 8000000 kB\n', 'proc/cpuinfo': [0, 1, 2, 3].map((i) => `processor : ${i}\nmodel name : Example\n\n`).join(''), 'sys/devices/system/cpu/online': '0-3\n',
    'proc/self/status': 'Name: x\nCpus_allowed_list:\t0-3\n', ...files
  };
  for (const [name, text] of Object.entries(all)) {
    fs.mkdirSync(path.dirname(path.join(at, name)), { recursive: true });
    fs.writeFileSync(path.join(at, name), text);
  }
  return at;
};
const conditions = (files) => JSON.parse(run('probe', '--root', machine(files), '--format', 'json').stdout).conditions;
const v2 = '29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n';
const v1 = (controllers, point, base = '/') => `30 23 0:27 ${base} ${point} rw - cgroup cgroup rw,${controllers}\n`;

for (const [name, quota, files] of [
  ['v2, its own group', 1.5, { 'proc/self/cgroup': '0::/app\n', 'proc/self/mountinfo': v2, 'sys/fs/cgroup/app/cpu.max': '150000 100000\n' }],
  ['v2, no mountinfo', 1.5, { 'proc/self/cgroup': '0::/app\n', 'sys/fs/cgroup/app/cpu.max': '150000 100000\n' }],
  ['v2, the root of a container', 0.5, { 'proc/self/cgroup': '0::/\n', 'proc/self/mountinfo': v2, 'sys/fs/cgroup/cpu.max': '50000 100000\n' }],
  ['v2, a group above grants less', 0.25, { 'proc/self/cgroup': '0::/a/b/c\n', 'proc/self/mountinfo': v2, 'sys/fs/cgroup/a/b/c/cpu.max': '200000 100000\n', 'sys/fs/cgroup/a/b/cpu.max': 'max 100000\n', 'sys/fs/cgroup/a/cpu.max': '5000 20000\n' }],
  ['v2, its own group grants less', 2, { 'proc/self/cgroup': '0::/a/b\n', 'proc/self/mountinfo': v2, 'sys/fs/cgroup/a/b/cpu.max': '200000 100000\n', 'sys/fs/cgroup/a/cpu.max': '300000 100000\n' }],
  ['v2, seen from outside its namespace', 1, { 'proc/self/cgroup': '0::/../../x\n', 'proc/self/mountinfo': v2, 'sys/fs/cgroup/x/cpu.max': '100000 100000\n' }],
  ['v2, a part of it mounted elsewhere', 1, { 'proc/self/cgroup': '0::/docker/abc/in\n', 'proc/self/mountinfo': '29 23 0:26 /docker/abc /mnt/my\\040groups rw - cgroup2 cgroup2 rw\n', 'mnt/my groups/in/cpu.max': '100000 100000\n' }],
  ['v2, no quota', null, { 'proc/self/cgroup': '0::/app\n', 'proc/self/mountinfo': v2, 'sys/fs/cgroup/app/cpu.max': 'max 100000\n' }],
  ['v1', 0.75, { 'proc/self/cgroup': '4:memory:/m\n3:cpu,cpuacct:/docker/abc\n1:name=systemd:/\n0::/\n', 'proc/self/mountinfo': v1('cpu,cpuacct', '/sys/fs/cgroup/cpu,cpuacct'), 'sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us': '75000\n', 'sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us': '100000\n' }],
  ['v1, inside a container', 2, { 'proc/self/cgroup': '3:cpu,cpuacct:/docker/abc\n', 'proc/self/mountinfo': v1('cpuacct,cpu', '/sys/fs/cgroup/cpuacct,cpu', '/docker/abc'), 'sys/fs/cgroup/cpuacct,cpu/cpu.cfs_quota_us': '20000\n', 'sys/fs/cgroup/cpuacct,cpu/cpu.cfs_period_us': '10000\n' }],
  ['v1, a group above', 1, { 'proc/self/cgroup': '3:cpu:/a/b\n', 'proc/self/mountinfo': v1('cpu', '/sys/fs/cgroup/cpu'), 'sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us': '-1\n', 'sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us': '100000\n', 'sys/fs/cgroup/cpu/a/cpu.cfs_quota_us': '100000\n', 'sys/fs/cgroup/cpu/a/cpu.cfs_period_us': '100000\n' }],
  ['v1, no mountinfo', 0.5, { 'proc/self/cgroup': '3:cpu,cpuacct:/\n', 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n', 'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n' }],
  ['v1 and v2 together', 0.5, { 'proc/self/cgroup': '3:cpu:/\n0::/u\n', 'proc/self/mountinfo': v1('cpu', '/sys/fs/cgroup/cpu') + '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n', 'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000\n', 'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n' }],
  ['none', null, {}],
  ['nonsense', null, { 'proc/self/cgroup': '::::\nx\n0::\n', 'proc/self/mountinfo': 'a b\n', 'sys/fs/cgroup/cpu.max': '-5 0\n' }]
])
  test(`a quota of CPU time is noticed: ${name}`, () => assert.equal(conditions(files).cpu_quota, quota));

for (const [name, allowed, files] of [
  ['affinity', 2, { 'proc/self/status': 'Cpus_allowed_list:\t1,3\n' }],
  ['cpuset of v2', 1, { 'proc/self/cgroup': '0::/app\n', 'proc/self/mountinfo': v2, 'sys/fs/cgroup/app/cpuset.cpus.effective': '2\n' }],
  ['cpuset of v1', 3, { 'proc/self/cgroup': '5:cpuset:/app\n', 'proc/self/mountinfo': v1('cpuset', '/sys/fs/cgroup/cpuset'), 'sys/fs/cgroup/cpuset/app/cpuset.cpus': '0-2\n' }],
  ['none', 4, {}]
])
  test(`fewer CPUs than the machine has are noticed: ${name}`, () => {
    const c = conditions(files);
    assert.deepEqual([c.cpus_allowed, c.cpus_online], [allowed, 4]);
  });

test('a quota and an affinity are said before measuring, kept in the file, and stand in the preset', () => {
  const at = machine({ 'proc/self/cgroup': '0::/a/b\n', 'proc/self/mountinfo': v2, 'sys/fs/cgroup/a/cpu.max': '50000 100000\n', 'proc/self/status': 'Cpus_allowed_list:\t0-1\n' });
  const { status, stderr } = run('measure', '--root', at, '--budget', '5', '--output', 'quota.json');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /warning: a control group grants this process the time of 0\.5\S* CPUs where 4\S* run/);
  assert.match(stderr, /warning: this process may run on 2\S* of the machine's 4\S* CPUs/);
  const m = JSON.parse(fs.readFileSync(inFolder('quota.json')));
  assert.deepEqual([m.before.cpu_quota, m.before.cpus_allowed, m.before.cpus_online], [0.5, 2, 4]);
  // Rates that a board could have, for this machine may be busy.
  const row = (test_, format, value) => ({ test: test_, ...(format && { format }), cores: 'fast', threads: 4, samples: [value, value, value] });
  m.rows = [row('read', '', 12e9), row('fma', '', 15e10), row('int8', '', 6e11), row('clock', '', 2.4e9), row('dot', 'Q4_0', 2e10), row('dot_many', 'Q4_0', 4e10)];
  fs.writeFileSync(inFolder('quota.json'), JSON.stringify(m));
  const fitted = run('fit', 'quota.json', '--output', 'quota-board.json', '--accept-noise', '--class', 'sbc', '--name', 'Example', '--peak-bandwidth', '1000');
  assert.equal(fitted.status, 0, fitted.stderr);
  assert.match(JSON.parse(fs.readFileSync(inFolder('quota-board.json'))).calibrations[0].context, /a CPU quota of 0\.5\S* CPUs; 2\S* of 4\S* CPUs allowed/);
});

// --- disks and outputs ---

test('a disk that fills while it measures loses nothing: the result goes elsewhere, in words', () => {
  // The folder is gone when it comes to writing.
  const script = (env) => bash('mkdir -p gone; (sleep 1; rm -r gone) & exec "$0" measure --budget 5 --storage-folder . --output gone/m.json', env);
  const temporary = inFolder('tmp');
  fs.mkdirSync(temporary);
  const there = script({ TMPDIR: temporary });
  assert.equal(there.status, 1, there.stderr);
  assert.match(there.stderr, /gone\/m\.json: cannot be written: No such file/);
  const [kept] = fs.readdirSync(temporary);
  assert.ok(there.stderr.includes(`nothing is lost: it was written to ${path.join(temporary, kept)}`), there.stderr);
  assert.equal(JSON.parse(fs.readFileSync(path.join(temporary, kept))).type, 'measurement');
});

test('where no file can be written at all, the result goes to standard output', () => {
  const { status, stdout, stderr } = bash('ulimit -f 1; exec "$0" measure --budget 5 --output full.json | cat; exit ${PIPESTATUS[0]}');
  assert.equal(status, 1, stderr);
  assert.match(stderr, /full\.json: cannot be written: File too large\n.*nothing is lost: it was written to standard output/s);
  assert.equal(JSON.parse(stdout).type, 'measurement');
  assert.deepEqual(fs.readdirSync(folder).filter((name) => name.startsWith('full')), []);
});

test('a full file system', { skip: process.getuid() !== 0 && 'only root may mount one' }, (t) => {
  const small = inFolder('small');
  fs.mkdirSync(small);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', small]).status !== 0) return t.skip('nothing can be mounted here');
  try {
    const temporary = inFolder('tmp-small');
    fs.mkdirSync(temporary);
    fs.writeFileSync(path.join(small, 'm.json'), 'of before');
    const { status, stderr } = bash('exec "$0" measure --budget 5 --output small/m.json', { TMPDIR: temporary });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /small\/m\.json: cannot be written: No space left on device/);
    assert.equal(JSON.parse(fs.readFileSync(path.join(temporary, fs.readdirSync(temporary)[0]))).type, 'measurement');
    assert.deepEqual(fs.readdirSync(small), ['m.json']);
    assert.equal(fs.readFileSync(path.join(small, 'm.json'), 'utf8'), 'of before');
  } finally {
    spawnSync('umount', [small]);
  }
});

test('a file that is replaced keeps its rights, and a link stays a link', () => {
  fs.mkdirSync(inFolder('real'));
  write('real/board.json', 'of before');
  fs.chmodSync(inFolder('real/board.json'), 0o640);
  fs.symlinkSync('real/board.json', inFolder('linked-board.json'));
  assert.equal(run(...fitTo('linked-board.json')).status, 0);
  assert.ok(fs.lstatSync(inFolder('linked-board.json')).isSymbolicLink());
  assert.equal(fs.statSync(inFolder('real/board.json')).mode & 0o777, 0o640);
  assert.equal(JSON.parse(fs.readFileSync(inFolder('real/board.json'))).id, 'linked-board');
  assert.deepEqual(fs.readdirSync(inFolder('real')), ['board.json']);
  fs.symlinkSync('real/new.json', inFolder('dangling-board.json'));
  assert.equal(run(...fitTo('dangling-board.json')).status, 0);
  assert.ok(fs.existsSync(inFolder('real/new.json')));
  const mask = bash('umask 027; "$0" "$@"', {}, ...fitTo('masked-board.json'));
  assert.equal(mask.status, 0, mask.stderr);
  assert.equal(fs.statSync(inFolder('masked-board.json')).mode & 0o777, 0o640);
});

test('a pipe, an open descriptor and a device are written through and stay what they are', async () => {
  // `import` takes any name for its output; the device's id comes from elsewhere.
  const row = JSON.stringify({ build_number: 7, backends: 'CPU', model_filename: 'Llama-3.2-1B-Q8_0.gguf', model_type: 'llama 1B Q8_0', model_size: 1, n_threads: 4, type_k: 'f16', type_v: 'f16', n_gpu_layers: 0, n_prompt: 512, n_gen: 0, avg_ts: 20 });
  const bench = write('bench.jsonl', row + '\n');
  const expected = run('import', bench, '--output', 'plain.csv');
  assert.equal(expected.status, 0, expected.stderr);
  const wanted = fs.readFileSync(inFolder('plain.csv'), 'utf8');
  for (const name of ['/dev/stdout', '/proc/self/fd/1', '/dev/fd/1']) {
    assert.equal(run('import', bench, '--output', name).stdout, wanted, name);
    const redirected = bash(`"$0" import ${bench} --output ${name} > redirected.csv`);
    assert.equal(redirected.status, 0, redirected.stderr);
    assert.equal(fs.readFileSync(inFolder('redirected.csv'), 'utf8'), wanted, name);
  }
  assert.ok(fs.lstatSync('/dev/stdout').isSymbolicLink());
  spawnSync('mkfifo', [inFolder('pipe')]);
  const piped = bash(`cat pipe > from-pipe.csv & "$0" import ${bench} --output pipe && wait`);
  assert.equal(piped.status, 0, piped.stderr);
  assert.equal(fs.readFileSync(inFolder('from-pipe.csv'), 'utf8'), wanted);
  assert.ok(fs.statSync(inFolder('pipe')).isFIFO());
  assert.equal(run('import', bench, '--output', '/dev/null').status, 0);
  assert.ok(fs.statSync('/dev/null').isCharacterDevice());
  const full = run('import', bench, '--output', '/dev/full');
  assert.notEqual(full.status, 0);
  assert.match(full.stderr, /No space left on device/);
});

test('a crash while writing leaves the file of before: it is replaced by a rename, after the bytes are on the storage', { skip: spawnSync('strace', ['-V']).status !== 0 && 'strace is not here' }, () => {
  const { status, stderr } = bash('strace -f -e trace=fsync,fdatasync,rename,renameat,renameat2 "$0" "$@"', {}, ...fitTo('traced-board.json'));
  assert.equal(status, 0, stderr);
  const calls = [...stderr.matchAll(/\b(fsync|rename)\w*\(/g)].map((x) => x[1]);
  assert.deepEqual(calls, ['fsync', 'rename', 'fsync']);
});

// --- texts that would steer a terminal ---

test('nothing that comes from a file, the system or the command line moves the cursor of a terminal', () => {
  const poison = '\u001b[31mX\u0007\u202e\u009b';
  const clean = (args, status) => {
    const r = run(...args);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(r.stdout + r.stderr, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/, args.join(' '));
    assert.equal(r.status, status, `${args.join(' ')}: ${r.stderr}`);
  };
  const preset = JSON.parse(fs.readFileSync(path.join(root, 'presets/devices/raspberry-pi-5-8gb.json')));
  write('poisoned.json', JSON.stringify({ ...preset, id: 'poisoned', name: preset.name + poison, soc: poison }));
  write('bad-key.json', JSON.stringify({ ...preset, [poison]: 1 }));
  const ask = ['--device', './poisoned.json', '--model', 'llama-3.2-1b'];
  clean(['estimate', ...ask], 0);
  clean(['load', ...ask, '--rate', '1'], 0);
  clean(['sweep', ...ask, '--axis', 'batch', '--values', '1,2'], 0);
  clean(['sweep', ...ask, '--axis', poison], 2);
  clean(['estimate', ...ask, '--quant', poison], 2);
  clean(['estimate', '--device', poison, '--model', poison], 2);
  clean(['explore', '--device', './poisoned.json'], 0);
  clean(['check', 'bad-key.json'], 2);
  clean(['study', poison], 2);
  clean([poison], 2);
  const row = (test_, format, value) => ({ test: test_, format, cores: 'fast', threads: 4, samples: [value, value, value] });
  write('poisoned.m.json', JSON.stringify({
    type: 'measurement', format_version: 1, tool: poison, date: '2026-01-31', warnings: [poison], before: { governor: poison, throttled: poison }, after: {},
    machine: { board: poison, soc: poison, class: 'sbc', cpu: { clusters: [{ microarchitecture: poison, cores: 4, threads: 4, max_hz: 2.4e9, isa: [poison] }] }, memory: { size_B: 8e9, type: poison } },
    rows: [row('read', '', 12e9), row('fma', '', 15e10), row('int8', '', 6e11), row('dot', 'Q4_0', 2e10), row('dot_many', 'Q4_0', 4e10)], power: [{ phase: 'idle', source: poison, scope: poison, samples_w: [3] }]
  }));
  clean(['fit', 'poisoned.m.json', '--output', 'poisoned-board.json'], 2);
  clean(['fit', 'poisoned.m.json', '--name', 'Board', '--output', 'poisoned-board.json'], 0);
  write('poisoned.csv', `model,device,runtime,quant,metric,value,source\nllama-3.2-1b${poison},raspberry-pi-5-8gb,llama.cpp-cpu,Q4_0,decode_tok_s,5,${poison}\n`);
  clean(['validate', 'poisoned.csv'], 2);
  clean(['fit', 'poisoned.csv', '--device', 'raspberry-pi-5-8gb', '--output', 'poisoned-board.json'], 2);
  const at = machine({
    'proc/cpuinfo': `processor : 0\nmodel name : ${poison}\n`, 'proc/device-tree/model': poison, 'sys/class/hwmon/hwmon0/name': poison, 'sys/class/hwmon/hwmon0/power1_input': '1000000', 'sys/class/hwmon/hwmon0/power1_label': poison,
    'sys/class/thermal/thermal_zone0/type': poison, 'sys/class/thermal/thermal_zone0/temp': '40000', 'sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': poison, 'sys/firmware/acpi/platform_profile': poison, 'sys/class/powercap/intel-rapl:0/name': `package-${poison}`
  });
  clean(['probe', '--root', at], 0);
});
