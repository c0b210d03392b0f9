// The service worker of a built site, with the list of what it keeps: every file, single presets as one.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noticesFile } from './notices.mjs';
import { writeScript } from './script.mjs';

/** Folders of presets that are one file each. */
const single = ['models', 'devices', 'calibrations', 'evidence'];
/** What is not kept: the worker, what whoever hosts the site changes, and what the worker itself adds to. */
const left = new Set(['sw.js', 'site.json', noticesFile]);

function filesOf(folder, at = '') {
  return readdirSync(join(folder, at)).flatMap((name) => {
    const path = at + name;
    if (!statSync(join(folder, path)).isDirectory()) return left.has(path) ? [] : [path];
    return at === 'presets/' && single.includes(name) ? [] : filesOf(folder, `${path}/`);
  });
}

export async function writeWorker(site, plugins) {
  const presets = join(site, 'presets');
  const shelf = Object.fromEntries(
    single.flatMap((folder) =>
      readdirSync(join(presets, folder)).map((name) => [
        `${folder}/${name}`,
        JSON.parse(readFileSync(join(presets, folder, name), 'utf8'))
      ])
    )
  );
  writeFileSync(join(presets, 'shelf.json'), JSON.stringify(shelf));
  const files = filesOf(site).map((url) => ({
    url,
    // The names of assets say what is in them.
    revision: url.startsWith('assets/')
      ? null
      : createHash('sha256')
          .update(readFileSync(join(site, url)))
          .digest('hex')
          .slice(0, 16)
  }));
  const define = { keptFiles: JSON.stringify(files), 'process.env.NODE_ENV': '"production"' };
  await writeScript(site, 'offline/worker.ts', 'sw.js', { plugins, define });
}
