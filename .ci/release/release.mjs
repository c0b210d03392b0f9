// The files of a release out of what was built: node release.mjs VERSION FOLDER MACHINE... `./dev release` builds, and calls it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeNotices } from '../../web/scripts/notices.mjs';
import { bill } from './bill.mjs';
import { componentsOf } from './built.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [version, folder] = [process.argv[2], resolve(process.argv[3])];
const epoch = process.env.SOURCE_DATE_EPOCH;
if (!/^\d+$/.test(epoch ?? '')) throw new Error('SOURCE_DATE_EPOCH is not set');
const stage = join(root, 'build/release-stage');
const run = (program, args, options = {}) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], ...options });

// Whoever installs it must be able to read it, and the bytes are the same, under whatever umask it is built and packed.
process.umask(0o022);
rmSync(folder, { recursive: true, force: true });
rmSync(stage, { recursive: true, force: true });
for (const each of [folder, stage]) mkdirSync(each, { recursive: true });

/** The same bytes of the same files, whoever packs them, where and when. */
function pack(name, from) {
  renameSync(from, join(stage, name));
  const path = join(folder, `${name}.tar.gz`);
  const tar = ['--sort=name', '--format=gnu', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${epoch}`, '--mode=u+rwX,go+rX,go-w', '-C', stage, '-cf', '-', name];
  writeFileSync(path, run('gzip', ['-9n'], { encoding: 'buffer', stdio: ['pipe', 'pipe', 'inherit'], maxBuffer: 1 << 30, input: run('tar', tar, { encoding: 'buffer', maxBuffer: 1 << 30 }) }));
  return path;
}
const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

const artifacts = [];

cpSync(join(root, 'build/site'), join(stage, 'site'), { recursive: true });
artifacts.push({ file: pack(`edgewise-${version}-site`, join(stage, 'site')), inside: read('build/site.components.json'), linked: [] });

run('chmod', ['-R', 'u+rwX,go=u-w', join(root, 'build/wasm/package')]);
const [{ filename }] = JSON.parse(run('npm', ['pack', join(root, 'build/wasm/package'), '--json', '--pack-destination', folder]));
artifacts.push({ file: join(folder, filename), inside: read('build/wasm/package.components.json'), linked: [] });

function native(preset) {
  const build = join(root, 'build', preset);
  const { inside, linked } = componentsOf(build, root);
  writeNotices(build, 'This program', inside, (path, text) => path.startsWith(`${build}/`) && writeFileSync(path, text));
  return { build, inside, linked };
}
for (const machine of process.argv.slice(4)) {
  const { build, inside, linked } = native(`static_${machine}`);
  if (linked.length) throw new Error(`${build}: needs ${linked.map((c) => c.name)}`);
  const to = join(stage, machine);
  run('cmake', ['--install', build, '--component', 'companion', '--prefix', to]);
  artifacts.push({ file: pack(`edgewise-${version}-linux-${machine}`, to), inside, linked });
}

const { build, inside, linked } = native('packaged');
run('cpack', ['-G', 'DEB', '--config', join(build, 'CPackConfig.cmake'), '-B', join(stage, 'deb')]);
const [deb] = readdirSync(join(stage, 'deb')).filter((name) => name.endsWith('.deb'));
renameSync(join(stage, 'deb', deb), join(folder, deb));
artifacts.push({ file: join(folder, deb), inside, linked });

writeFileSync(join(folder, `edgewise-${version}.cdx.json`), `${JSON.stringify(bill(version, Number(epoch), artifacts), null, 2)}\n`);
const sums = readdirSync(folder)
  .sort()
  .map((name) => `${createHash('sha256').update(readFileSync(join(folder, name))).digest('hex')}  ${name}\n`);
writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
rmSync(stage, { recursive: true });
process.stdout.write(sums.join(''));
