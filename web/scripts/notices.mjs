// What of others is inside of what Edgewise ships, and on which terms: read off the packages that it came from.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What every folder and archive of a release has it as. */
export const noticesFile = 'third-party-notices.txt';

/**
 * What is inside of Emscripten's part of a program: its own code and its libraries. The package's copyright file is of its
 * tests too, which are larger.
 */
const parts = { emscripten: /^(\*$|src\/|system\/lib\/(libc|compiler-rt|embind|emmalloc))/ };

/** Of a machine-readable copyright file (DEP 5) the paragraphs of the files that `inside` matches, with their licences. */
export function paragraphsOf(copyright, inside) {
  const [header, ...all] = copyright.trim().split(/\n\s*\n/);
  const field = (paragraph, name) =>
    new RegExp(`^${name}:(.*(?:\\n[ \\t].*)*)`, 'm').exec(paragraph)?.[1].trim() ?? '';
  const files = all.filter((paragraph) =>
    field(paragraph, 'Files')
      .split(/\s+/)
      .some((file) => file && inside.test(file))
  );
  const named = new Set(
    files.flatMap((paragraph) =>
      field(paragraph, 'License')
        .split('\n')[0]
        .split(/\s*(?:,|\band\b|\bor\b)\s*/)
    )
  );
  const licences = all.filter(
    (paragraph) => !field(paragraph, 'Files') && named.has(field(paragraph, 'License').split('\n')[0])
  );
  return [header, ...files, ...licences].join('\n\n') + '\n';
}

/** What a machine-readable copyright file says of most of the package; undefined: it is not one, or does not say. */
const licenceOf = (copyright) => /^Files:\s*\*\s[^]*?^License:[ \t]*(\S.*)$/m.exec(copyright)?.[1];

/** The Debian package NAME as it is installed here. */
export function debianPackage(name) {
  const fields = '${Package} ${Version} ${source:Package} ${Architecture}\n';
  const [own, version, source, architecture] = execFileSync('dpkg-query', ['-W', '-f', fields, name], {
    encoding: 'utf8'
  })
    .split('\n')[0]
    .split(' ');
  const text = readFileSync(`/usr/share/doc/${own}/copyright`, 'utf8');
  return {
    name: own,
    version,
    source,
    licence: licenceOf(text),
    purl: `pkg:deb/debian/${encodeURIComponent(own)}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-12`,
    text: parts[source] ? paragraphsOf(text, parts[source]) : text
  };
}

/** The Debian packages that files of this machine belong to, each once. */
export function debianPackagesOf(files) {
  const real = [...new Set(files.map((file) => realpathSync(file)))];
  // Where /usr was merged, the lists of files name either path.
  const other = (path) => path.replace(/^\/usr(?=\/lib)/, '');
  const { stdout } = spawnSync('dpkg', ['-S', ...new Set([...real, ...real.map(other)])], {
    encoding: 'utf8',
    maxBuffer: 1 << 26
  });
  const owners = new Map(
    stdout
      .split('\n')
      .map((line) => /^(\S+?)(?:,.*)?: (\/.*)$/.exec(line))
      .filter(Boolean)
      .map(([, owner, path]) => [path, owner])
  );
  const names = real.map((path) => {
    const owner = owners.get(path) ?? owners.get(other(path));
    if (!owner)
      throw new Error(`${path} is of no Debian package: its licence has to travel with it, and is not known`);
    return owner;
  });
  return [...new Set(names)].map(debianPackage);
}

/** The npm package in a folder. */
export function npmPackage(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort();
  if (!files.length) throw new Error(`${folder} has no licence text`);
  return {
    name,
    version,
    licence: license,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    // What the tool itself is built of (Vite says so below its own licence) is not in what it adds to a bundle.
    text: files
      .map((file) => readFileSync(join(folder, file), 'utf8').split('# Licenses of bundled dependencies')[0])
      .join('\n')
  };
}

/** A plugin of Vite that adds to `folders` the folder of every npm package of which a module is in a bundle. */
export const modulesInto = (folders, nodeModules) => ({
  name: 'modules-into',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle))
      for (const id of Object.keys(chunk.modules ?? {})) {
        // Of the tools themselves, Vite and Rolldown: "\0vite/preload-helper.js".
        const tool = /^\0((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
        if (tool) folders.add(join(nodeModules, tool));
        else if (id.includes('/node_modules/')) folders.add(packageOf(id));
      }
  }
});

function packageOf(file) {
  for (let folder = dirname(file); ; folder = dirname(folder))
    if (
      existsSync(join(folder, 'package.json')) &&
      JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
    )
      return folder;
}

const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** All of them as one text; terms that several have stand there once. */
export function noticesOf(what, components) {
  const rule = '-'.repeat(80);
  const named = ({ name, version }) => `${name} ${version}`;
  const sorted = [...components].sort(byName);
  const terms = new Map();
  for (const component of sorted)
    terms.set(component.text, [...(terms.get(component.text) ?? []), named(component)]);
  return [
    `${what} holds work of others, which they allow on the terms below.`,
    sorted.map((component) => `  ${named(component)}`).join('\n'),
    ...[...terms].map(([text, names]) => `${rule}\n${names.join('\n')}\n${rule}\n\n${text.trim()}`)
  ]
    .join('\n\n')
    .concat('\n');
}

/** Writes the text into a folder, and beside the folder, for the bill of materials, what it is of. */
export function writeNotices(folder, what, components, write = writeFileSync) {
  const list = [...components]
    .sort(byName)
    .map(({ name, version, source, licence, purl }) => ({ name, version, source, licence, purl }));
  write(join(folder, noticesFile), noticesOf(what, components));
  write(`${folder}.components.json`, `${JSON.stringify(list, null, 2)}\n`);
}
