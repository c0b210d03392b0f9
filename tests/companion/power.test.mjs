// Sources of power by fake trees and fake programs: what is found, of what it is, and what is made of it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const edgewise = process.env.EDGEWISE ?? path.join(root, 'build/native/bin/edgewise');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edgewise-power-'));
fs.chmodSync(folder, 0o755);
after(() => fs.rmSync(folder, { recursive: true, force: true }));
const run = (args, options = {}) => spawnSync(edgewise, args, { encoding: 'utf8', cwd: folder, timeout: 120_000, ...options });

/** A tree with these files; a name that ends in * holds several, "a/b_*": { x: 1 }. */
function machine(files) {
  const at = fs.mkdtempSync(path.join(folder, 'root-'));
  fs.chmodSync(at, 0o755);
  for (const [name, text] of Object.entries({ 'proc/meminfo': 'MemTotal: 8000000 kB\n', 'proc/cpuinfo': 'processor : 0\nmodel name : Example\n', ...files })) {
    fs.mkdirSync(path.dirname(path.join(at, name)), { recursive: true });
    fs.writeFileSync(path.join(at, name), text);
  }
  return at;
}
const chip = (n, files) => Object.fromEntries(Object.entries(files).map(([name, text]) => [`sys/class/hwmon/hwmon${n}/${name}`, `${text}\n`]));
const programs = (scripts) => {
  const bin = fs.mkdtempSync(path.join(folder, 'bin-'));
  for (const [name, script] of Object.entries(scripts)) fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } };
};
const sensors = (at, options) => JSON.parse(run(['probe', '--root', at, '--format', 'json'], options).stdout).power_sensors.map((s) => [s.name, s.scope, s.unusable === null]);

for (const [name, files, expected] of [
  ['Jetson Orin Nano', chip(1, { name: 'ina3221', in1_label: 'VDD_IN', in1_input: 5000, curr1_input: 1500, in2_label: 'VDD_CPU_GPU_CV', in2_input: 5000, curr2_input: 500, in3_label: 'VDD_SOC', in3_input: 5000, curr3_input: 400, in7_label: 'sum of shunt voltages', in7_input: 3, curr4_input: 2400 }),
    [['ina3221 VDD_IN', 'module', true], ['ina3221 VDD_CPU_GPU_CV', 'rail', false], ['ina3221 VDD_SOC', 'rail', false]]],
  ['Jetson whose rails have no whole', chip(1, { name: 'ina3221', in1_label: 'VDD_GPU_SOC', in1_input: 19000, curr1_input: 200, in2_label: 'VDD_CPU_CV', in2_input: 19000, curr2_input: 100 }),
    [['ina3221 VDD_GPU_SOC', 'rail', false], ['ina3221 VDD_CPU_CV', 'rail', false]]],
  ['Jetson Nano before JetPack 5', Object.fromEntries(['POM_5V_IN', 'POM_5V_GPU', 'POM_5V_CPU'].flatMap((rail, i) => [[`sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0/rail_name_${i}`, `${rail}\n`], [`sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0/in_power${i}_input`, '2000\n']])),
    [['ina3221x POM_5V_IN', 'module', true], ['ina3221x POM_5V_GPU', 'rail', false], ['ina3221x POM_5V_CPU', 'rail', false]]],
  ['graphics card of AMD', chip(1, { name: 'amdgpu', power1_average: 30000000, power1_label: 'PPT' }), [['amdgpu', 'gpu', true]]],
  ['processor with graphics of AMD', chip(1, { name: 'amdgpu', power1_input: 15000000, power1_label: 'slowPPT', power2_input: 15000000, power2_label: 'fastPPT', in1_label: 'vddnb', in1_input: 700 }), [['amdgpu', 'soc', true]]],
  ['graphics card of Intel', chip(1, { name: 'xe', energy1_input: 123456, energy1_label: 'card', energy2_input: 23456, energy2_label: 'pkg' }), [['xe', 'gpu', true]]],
  ['energy of AMD sockets', chip(1, { name: 'amd_energy', energy1_input: 5, energy1_label: 'Ecore000', energy2_input: 6, energy2_label: 'Esocket0' }), [['amd_energy', 'soc', true]]],
  ['ACPI meter', chip(1, { name: 'power_meter', power1_average: 90000000 }), [['power_meter', 'wall', true]]],
  ['a chip that nobody knows', chip(1, { name: 'ina226', power1_input: 5000000 }), [['ina226', 'rail', false]]],
  ['current and voltage of a rail', chip(1, { name: 'ina219', in1_label: 'VDD_3V3', in1_input: 3300, curr1_input: 100 }), [['ina219 VDD_3V3', 'rail', false]]],
  ['a battery that charges, and its view in hwmon', { ...chip(1, { name: 'BAT0', power1_input: 40000000 }), 'sys/class/power_supply/BAT0/type': 'Battery\n', 'sys/class/power_supply/BAT0/status': 'Charging\n', 'sys/class/power_supply/BAT0/power_now': '40000000\n' }, [['battery', 'wall', false]]],
  ['a battery that discharges beside one that rests', { 'sys/class/power_supply/BAT0/type': 'Battery\n', 'sys/class/power_supply/BAT0/status': 'Unknown\n', 'sys/class/power_supply/BAT1/type': 'Battery\n', 'sys/class/power_supply/BAT1/status': 'Discharging\n', 'sys/class/power_supply/BAT1/current_now': '-1000000\n', 'sys/class/power_supply/BAT1/voltage_now': '12000000\n' }, [['battery', 'wall', true]]],
  ['the battery of a mouse', { 'sys/class/power_supply/hid/type': 'Battery\n', 'sys/class/power_supply/hid/scope': 'Device\n', 'sys/class/power_supply/hid/status': 'Discharging\n', 'sys/class/power_supply/hid/power_now': '1\n' }, []],
  ['RAPL: two sockets, a platform, and what is shown twice', Object.fromEntries([['intel-rapl:0', 'package-0'], ['intel-rapl:0:0', 'core'], ['intel-rapl:0:1', 'dram'], ['intel-rapl:1', 'package-1'], ['intel-rapl:2', 'psys'], ['intel-rapl-mmio:0', 'package-0']].flatMap(([zone, zoneName]) => [[`sys/class/powercap/${zone}/name`, `${zoneName}\n`], [`sys/class/powercap/${zone}/energy_uj`, '1000\n'], [`sys/class/powercap/${zone}/max_energy_range_uj`, '262143328850\n']])),
    [['psys', 'module', true], ['package-0 + package-1', 'soc', true]]],
  ['nothing', {}, []]
])
  test(`power of ${name}`, () => assert.deepEqual(sensors(machine(files)), expected));

test('a counter that only root may read says so, and what helps', { skip: process.getuid() !== 0 && 'only root may become another' }, () => {
  const at = machine({ 'sys/class/powercap/intel-rapl:0/name': 'package-0\n', 'sys/class/powercap/intel-rapl:0/energy_uj': '1000\n' });
  fs.chmodSync(path.join(at, 'sys/class/powercap/intel-rapl:0/energy_uj'), 0o400);
  const { stdout, status } = run(['probe', '--root', at], { uid: 65534, gid: 65534 });
  if (status === null) return; // the checkout is closed to others
  assert.match(stdout, /package-0, soc: only root may read it: measure with sudo, or let everybody read it/);
});

test("a Raspberry Pi's power chip and NVIDIA's cards, by their programs", () => {
  const pi = machine({ 'proc/device-tree/model': 'Raspberry Pi 5 Model B Rev 1.0\0' });
  const pmic = programs({ vcgencmd: '[ "$1" = pmic_read_adc ] && printf " VDD_CORE_A current(7)=1.5A\\n 3V3_SYS_A current(1)=0.1A\\n VDD_CORE_V volt(15)=0.8V\\n 3V3_SYS_V volt(9)=3.3V\\n EXT5V_V volt(24)=5.1V\\n"' });
  assert.deepEqual(sensors(pi, pmic), [['PMIC rails (without USB, fan and what converters lose)', 'module', true]]);
  assert.deepEqual(sensors(pi, programs({ vcgencmd: 'echo "error=1 error_msg=Command not registered"' })), []);
  assert.deepEqual(sensors(machine({ 'proc/device-tree/model': 'Other Board' }), pmic), []);
  const smi = programs({ 'nvidia-smi': 'printf "0, NVIDIA GeForce RTX 3060, 15.20\\n1, NVIDIA T4, [N/A]\\n"' });
  assert.deepEqual(sensors(machine({ 'proc/driver/nvidia/version': 'NVRM' }), smi), [['NVIDIA GeForce RTX 3060', 'gpu', true], ['NVIDIA T4', 'gpu', false]]);
  assert.deepEqual(sensors(machine({}), smi), []);
});

/** Rates that a board could have: what this machine has, busy as it may be, is not what is tested here. */
function plausible(file) {
  const m = JSON.parse(fs.readFileSync(file));
  const row = (test_, format, value) => ({ test: test_, ...(format && { format }), cores: 'fast', threads: 4, unit: 'x', median: value, spread: 0, samples: [value, value, value] });
  m.rows = [row('read', '', 12e9), row('fma', '', 150e9), row('int8', '', 600e9), row('clock', '', 2.4e9), ...['F16', 'Q8_0', 'Q4_0'].flatMap((f) => [row('dot', f, 20e9), row('dot_many', f, 40e9), row('dot_streamed', f, 5e9)])];
  fs.writeFileSync(file, JSON.stringify(m));
  return m;
}
/** measure, then fit: the measurement and the preset. */
function measured(name, at, options, budget, ...more) {
  const m = run(['measure', '--root', at, '--budget', budget, '--output', `${name}.json`, '--storage-folder', '/dev/shm', ...more], options);
  assert.equal(m.status, 0, m.stderr);
  const measurement = plausible(path.join(folder, `${name}.json`));
  const fitted = run(['fit', `${name}.json`, '--output', `${name}-board.json`, '--accept-noise', '--class', 'sbc', '--name', 'Example', '--peak-bandwidth', '1000']);
  assert.equal(fitted.status, 0, fitted.stderr);
  return { measurement, preset: JSON.parse(fs.readFileSync(path.join(folder, `${name}-board.json`))), said: m.stderr + fitted.stdout };
}

test("the sensor's scope stands in the measurement and in the preset", () => {
  // The meter turns up once work begins: each reading is one more.
  const count = path.join(folder, 'count');
  const pi = machine({ 'proc/device-tree/model': 'Raspberry Pi 5 Model B Rev 1.0\0' });
  const { measurement, preset } = measured('pi', pi, programs({ vcgencmd: `[ "$1" = pmic_read_adc ] || exit 1; echo x >> ${count}; n=$(wc -l < ${count}); echo "VDD_CORE_A current(7)=$n.5A"; echo "VDD_CORE_V volt(15)=1.0V"` }), '12');
  assert.deepEqual([...new Set(measurement.power.map((p) => p.scope))], ['module']);
  assert.deepEqual(measurement.power.map((p) => p.phase), ['idle', 'decode', 'prefill']);
  assert.match(measurement.power[0].source, /^PMIC rails \(without USB/);
  assert.equal(preset.power.scope, 'module');
  assert.ok(preset.power.load_w > preset.power.idle_w && preset.power.idle_w > 0);
});

test("a card's sensor and a rail's are not read while the CPU works", () => {
  const at = machine({ 'proc/driver/nvidia/version': 'NVRM', ...chip(1, { name: 'ina3221', in1_label: 'VDD_CPU_CV', in1_input: 5000, curr1_input: 100 }), ...chip(2, { name: 'amdgpu', power1_average: 3000000 }) });
  const { measurement, preset, said } = measured('card', at, programs({ 'nvidia-smi': 'printf "0, NVIDIA T4, 15.20\\n"' }), '5');
  assert.deepEqual(measurement.power, []);
  assert.equal(preset.power, undefined);
  assert.match(said, /No power: no readable sensor/);
});

test('words of earlier versions are understood; what sees no whole CPU is not taken', () => {
  const at = machine({});
  const { measurement } = measured('words', at, {}, '5');
  for (const [scope, expected] of [['board', 'module'], ['package', 'soc'], ['battery', 'wall'], ['wall', 'wall'], ['soc', 'soc'], ['gpu', undefined], ['rail', undefined], ['something', undefined], ['', undefined]]) {
    measurement.power = [['idle', 3], ['decode', 8], ['prefill', 9]].map(([phase, w]) => ({ phase, source: 'x', scope, samples_w: [w] }));
    fs.writeFileSync(path.join(folder, 'words2.json'), JSON.stringify(measurement));
    const { status, stdout, stderr } = run(['fit', 'words2.json', '--output', 'words2-board.json', '--accept-noise', '--class', 'sbc', '--peak-bandwidth', '1000']);
    assert.equal(status, 0, stderr);
    assert.equal(JSON.parse(fs.readFileSync(path.join(folder, 'words2-board.json'))).power?.scope, expected, scope);
    assert.equal(stdout.includes('Power is not taken'), expected === undefined, scope);
  }
});

test("Apple's powermetrics log gives the power of the whole chip", () => {
  const now = Date.now();
  let log = 'Machine model: Mac14,3\n\n';
  for (let i = 0; i < 900; i++) {
    const [day, month, date, year, time] = new Date(now + i * 200).toUTCString().replace(',', '').split(' ').map((x) => x);
    log += `*** Sampled system activity (${day} ${date} ${String(Number(month)).padStart(2, ' ')} ${time} ${year} +0000) (200.10ms elapsed) ***\n\nCPU Power: 800 mW\nCombined Power (CPU + GPU + ANE): ${1000 + i} mW\n\n`;
  }
  fs.writeFileSync(path.join(folder, 'powermetrics.log'), log);
  const { measurement, preset } = measured('apple', machine({}), {}, '40', '--power-log', 'powermetrics.log');
  assert.deepEqual([...new Set(measurement.power.map((p) => `${p.source}, ${p.scope}`))], ['powermetrics, soc'], JSON.stringify(measurement.warnings));
  assert.equal(preset.power.scope, 'soc');
});
