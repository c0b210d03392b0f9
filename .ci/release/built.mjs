// What of others a built companion is made of: read off what the compiler read and the linker took.
import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { debianPackagesOf } from '../../web/scripts/notices.mjs';

/**
 * The Debian packages of which code is `inside` build/PRESET/bin/edgewise, and those of the libraries that it is `linked` with and
 * that have to be installed beside it.
 */
export function componentsOf(build, root) {
  const here = (file) => realpathSync(resolve(build, file));
  const foreign = (files) => [...new Set(files.map(here))].filter((file) => !file.startsWith(root));

  const deps = execFileSync('ninja', ['-C', build, '-t', 'deps'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const headers = foreign([...new Set([...deps.matchAll(/^ {4}(.+)$/gm)].map((m) => m[1]))]);
  const map = readFileSync(join(build, 'edgewise.map'), 'utf8');
  const archives = [...map.slice(0, map.indexOf('Memory Configuration')).matchAll(/^(\S+\.a)\(/gm)].map((m) => m[1]);
  const loaded = [...map.matchAll(/^LOAD (.+)$/gm)].map((m) => m[1]).filter((file) => /\.(o|so[.\d]*)$/.test(file));
  if (!headers.length || !loaded.length) throw new Error(`${build}: what it was made of is not known`);
  const needed = new Set(
    [...execFileSync('readelf', ['-d', join(build, 'bin/edgewise')], { encoding: 'utf8' }).matchAll(/\(NEEDED\).*\[(.+)\]/g)].map((m) => m[1])
  );
  const soname = (file) => /\(SONAME\).*\[(.+)\]/.exec(execFileSync('readelf', ['-d', file], { encoding: 'utf8' }))?.[1];
  // libm.so is a script of the linker, which names libm.so.6.
  const shared = foreign(loaded.filter((file) => file.includes('.so'))).filter((file) => /\.so\./.test(file) && needed.has(soname(file)));
  if (shared.length < needed.size) throw new Error(`${build}: needs ${[...needed]}, and found ${shared}`);
  const linked = debianPackagesOf(shared);
  const objects = debianPackagesOf(foreign([...archives, ...loaded.filter((file) => file.endsWith('.o'))]));
  // A header of C says what is elsewhere; one of C++ holds code, which is compiled into whoever reads it.
  const ofHeaders = debianPackagesOf(headers.filter((file) => /^\s*(?:inline\s+)?namespace\b/m.test(readFileSync(file, 'utf8'))));
  const names = new Set(objects.map(({ name }) => name));
  return { inside: [...objects, ...ofHeaders.filter(({ name }) => !names.has(name))], linked };
}
