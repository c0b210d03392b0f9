// A release as a stranger makes and takes it: the last commit, made twice in clones at different places, has the same bytes, and each of
// its files works where nothing else is installed. EDGEWISE_RELEASE: a folder of one that is made already, to try its files alone.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [, version] = /project\(edgewise VERSION (\S+)/.exec(readFileSync(join(root, 'CMakeLists.txt'), 'utf8'));
const at = mkdtempSync(join(tmpdir(), 'edgewise-release-'));
after(() => rmSync(at, { recursive: true, force: true }));

function run(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (error) throw error;
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${stdout?.slice(-2000)}${stderr?.slice(-2000)}`);
  return stdout;
}
const question = ['estimate', '--model', 'llama-3.2-1b', '--device', 'raspberry-pi-5-8gb', '--format', 'json'];
const sums = (folder) => readFileSync(join(folder, 'SHA256SUMS'), 'utf8');
const names = {
  site: `edgewise-${version}-site.tar.gz`,
  npm: `edgewise-${version}.tgz`,
  x86_64: `edgewise-${version}-linux-x86_64.tar.gz`,
  aarch64: `edgewise-${version}-linux-aarch64.tar.gz`,
  armv7: `edgewise-${version}-linux-armv7.tar.gz`,
  riscv64: `edgewise-${version}-linux-riscv64.tar.gz`,
  deb: `edgewise_${version}_amd64.deb`,
  bill: `edgewise-${version}.cdx.json`
};
const unpacked = (name) => {
  const to = join(at, `unpacked-${name}`);
  mkdirSync(to, { recursive: true });
  run('tar', ['-xzf', join(folder, name), '-C', to]);
  return join(to, name.replace('.tar.gz', ''));
};

let folder = process.env.EDGEWISE_RELEASE;
let bare; // a Debian 12 with nothing in it
let expected; // what the question is answered
before(() => {
  if (!folder) {
    folder = join(at, 'release');
    run('git', ['clone', '--quiet', root, join(at, 'clone')]);
    run('./dev', ['release', folder], { cwd: join(at, 'clone') });
  }
  bare = join(at, 'bare');
  run('debootstrap', ['--variant=minbase', 'bookworm', bare]);
});
const inside = (...args) => run('chroot', [bare, ...args]);

test('a release is what its checksums list', () => {
  assert.deepEqual(readdirSync(folder).sort(), [...Object.values(names), 'SHA256SUMS'].sort());
  assert.equal(sums(folder).trim().split('\n').length, Object.keys(names).length);
  run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder });
});

test('the binary for x86-64 runs in a bare Debian, and says what it was built without', () => {
  const to = unpacked(names.x86_64);
  cpSync(join(to, 'bin/edgewise'), join(bare, 'tmp/edgewise'));
  expected = inside('/tmp/edgewise', ...question);
  assert.equal(JSON.parse(expected).model.id, 'llama-3.2-1b');
  assert.equal(inside('/tmp/edgewise', '--version').trim(), version);
  writeFileSync(join(bare, 'tmp/index.html'), '');
  const serve = spawnSync('chroot', [bare, '/tmp/edgewise', 'serve', '--site', '/tmp'], { encoding: 'utf8' });
  assert.notEqual(serve.status, 0);
  assert.match(serve.stderr, /not built in/);
  for (const path of ['share/man/man1/edgewise-estimate.1.gz', 'share/bash-completion/completions/edgewise', 'share/doc/edgewise/copyright'])
    assert.ok(existsSync(join(to, path)), path);
  const notices = readFileSync(join(to, 'share/doc/edgewise/third-party-notices.txt'), 'utf8');
  for (const words of ['nlohmann-json', 'libcli11', 'libhwy', 'libc6-dev', 'libstdc++', 'Apache License', 'University of Cincinnati'])
    assert.ok(notices.includes(words), words);
});

for (const [machine, emulator, header] of [
  ['aarch64', 'qemu-aarch64', /AArch64/],
  ['armv7', 'qemu-arm', /ELF32[^]*Machine: +ARM[^]*hard-float/],
  ['riscv64', 'qemu-riscv64', /RISC-V/]
])
  test(`the binary for ${machine} gives the same answer`, () => {
    const to = unpacked(names[machine]);
    assert.match(run('readelf', ['-h', join(to, 'bin/edgewise')]), header);
    assert.doesNotMatch(run('readelf', ['-d', join(to, 'bin/edgewise')]), /NEEDED/);
    assert.equal(run(emulator, [join(to, 'bin/edgewise'), ...question]), expected);
  });

test('where there are no kernels to measure with, that is said', () => {
  const measured = spawnSync('qemu-riscv64', [join(unpacked(names.riscv64), 'bin/edgewise'), 'measure', '--output', join(at, 'm.json')], { encoding: 'utf8' });
  assert.notEqual(measured.status, 0);
  assert.match(measured.stderr, /no measuring kernels for this processor/);
});

test('the Debian package brings what it needs, answers the same, has its manual, and goes without a trace', () => {
  if (existsSync('/etc/resolv.conf')) cpSync('/etc/resolv.conf', join(bare, 'etc/resolv.conf'), { dereference: true });
  cpSync(join(folder, names.deb), join(bare, 'tmp', names.deb));
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('chroot', [bare, 'apt-get', 'update'], { env });
  run('chroot', [bare, 'apt-get', 'install', '-y', '--no-install-recommends', `/tmp/${names.deb}`, 'man-db', 'bash-completion'], { env });
  assert.equal(inside('edgewise', ...question), expected);
  assert.equal(inside('man', '-w', 'edgewise-estimate').trim(), '/usr/share/man/man1/edgewise-estimate.1.gz');
  assert.match(inside('man', 'edgewise'), new RegExp(`edgewise ${version.replaceAll('.', '\\.')}`));
  assert.match(inside('bash', '-c', '. /usr/share/bash-completion/bash_completion; _completion_loader edgewise; complete -p edgewise'), /-F _edgewise/);
  // With network code, unlike the binaries above: it asks, and nobody is there.
  const measured = spawnSync('chroot', [bare, 'edgewise', 'measure', '--server', 'localhost:1', '--only-engine', '--output', '/tmp/m.json'], { encoding: 'utf8' });
  assert.match(measured.stderr, /localhost:1/);
  assert.doesNotMatch(measured.stderr, /built without/);
  const files = inside('dpkg', '-L', 'edgewise').trim().split('\n').filter((path) => lstatSync(join(bare, path)).isFile());
  inside('dpkg', '--purge', 'edgewise');
  assert.deepEqual(files.filter((path) => existsSync(join(bare, path))), []);
});
test('the npm package gives the same answer in an empty folder, and the site holds what it lists', () => {
  const to = join(at, 'npm');
  mkdirSync(to);
  writeFileSync(join(to, 'package.json'), '{"private": true, "type": "module"}');
  run('npm', ['install', '--no-audit', '--no-fund', '--offline', join(folder, names.npm)], { cwd: to });
  const script = `import { load } from 'edgewise'; import { presets } from 'edgewise/presets';
    const engine = await load({ presets });
    console.log(engine.version().version, engine.estimate({ model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb' }).sentence);`;
  const said = run('node', ['--input-type=module', '-e', script], { cwd: to }).trim();
  assert.equal(said, `${version} ${JSON.parse(expected).sentence}`);
  const site = unpacked(names.site);
  for (const file of ['index.html', 'embed.js', 'sw.js', 'third-party-notices.txt', 'presets/index.json', `v/${version}/embed.js`]) assert.ok(existsSync(join(site, file)), file);
});

test('the bill of materials names every file with its sum, and what is inside of each', () => {
  const bill = JSON.parse(readFileSync(join(folder, names.bill), 'utf8'));
  assert.equal(bill.bomFormat, 'CycloneDX');
  assert.equal(bill.specVersion, '1.5');
  const refs = new Map(bill.components.map((c) => [c['bom-ref'], c]));
  assert.equal(refs.size, bill.components.length);
  const of = (file) => bill.dependencies.find(({ ref }) => ref === file).dependsOn.map((ref) => refs.get(ref).name);
  for (const [what, file] of Object.entries(names).filter(([, name]) => name !== names.bill)) {
    const sum = createHash('sha256').update(readFileSync(join(folder, file))).digest('hex');
    assert.equal(refs.get(file).hashes[0].content, sum, file);
    assert.ok(of(file).includes('nlohmann-json3-dev'), what);
  }
  assert.ok(of(names.site).includes('lit-html'));
  assert.ok(of(names.npm).includes('emscripten') && !of(names.npm).includes('lit-html'));
  for (const [machine, debian] of Object.entries({ aarch64: 'arm64', armv7: 'armhf', riscv64: 'riscv64' }))
    assert.ok(of(names[machine]).includes(`libc6-dev-${debian}-cross`), machine);
  for (const name of ['libcurl4', 'libssl3', 'libhwloc15', 'libcpp-httplib0.11', 'libqrencode4']) assert.ok(of(names.deb).includes(name), name);
  for (const component of bill.components.filter(({ type }) => type === 'library')) assert.match(component.purl, /^pkg:(deb|npm)\//);
});

test('made again in another place, at another time of day, by another umask, it has the same bytes', { skip: Boolean(process.env.EDGEWISE_RELEASE) }, () => {
  const again = join(at, 'somewhere/else/edgewise');
  run('git', ['clone', '--quiet', root, again]);
  // Nothing of the first one may serve the second.
  const env = { ...process.env, CCACHE_DISABLE: '1', TZ: 'Asia/Tokyo', LANG: 'C' };
  run('sh', ['-c', 'umask 077 && ./dev release'], { cwd: again, env });
  assert.equal(sums(join(again, 'build/release')), sums(folder));
});

test('a version without a section in the changelog is not released', () => {
  const clone = join(at, 'unlisted');
  execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${root}`, clone]);
  const lists = join(clone, 'CMakeLists.txt');
  writeFileSync(lists, readFileSync(lists, 'utf8').replace(`VERSION ${version} `, 'VERSION 99.98.97 '));
  const { status, stderr } = spawnSync('./dev', ['release'], { cwd: clone, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /CHANGELOG\.md has no heading for 99\.98\.97/);
});
