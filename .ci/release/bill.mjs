// The bill of materials of a release, CycloneDX 1.5: each file of it, and what is inside.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** `artifacts`: `{ file, inside, linked }`, components as web/scripts/notices.mjs has them. `epoch`: seconds. */
export function bill(version, epoch, artifacts) {
  const components = new Map();
  const files = artifacts.map(({ file, inside, linked }) => {
    for (const component of [...inside, ...linked]) components.set(component.purl, component);
    const content = sha256(readFileSync(file));
    return {
      type: 'file',
      'bom-ref': basename(file),
      name: basename(file),
      version,
      hashes: [{ alg: 'SHA-256', content }],
      ...(linked.length && {
        properties: linked.map(({ name }) => ({ name: 'edgewise:linked-and-not-inside', value: name })),
      }),
    };
  });
  const dependencies = artifacts.map(({ file, inside, linked }) => ({
    ref: basename(file),
    dependsOn: [...new Set([...inside, ...linked].map(({ purl }) => purl))].sort(),
  }));
  // Named by what it says, as everything else of a release that is made twice.
  const id = sha256(JSON.stringify([version, files, dependencies]));
  const uuid = `${id.slice(0, 8)}-${id.slice(8, 12)}-5${id.slice(13, 16)}-8${id.slice(17, 20)}-${id.slice(20, 32)}`;
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${uuid}`,
    version: 1,
    metadata: {
      timestamp: new Date(epoch * 1000).toISOString().replace('.000', ''),
      component: { type: 'application', 'bom-ref': `edgewise@${version}`, name: 'edgewise', version, licenses: [{ license: { id: 'MIT' } }] },
    },
    components: [
      ...files,
      ...[...components.values()]
        .sort((a, b) => (a.purl < b.purl ? -1 : 1))
        .map(({ name, version: own, licence, purl }) => ({
          type: 'library',
          'bom-ref': purl,
          name,
          version: own,
          ...(licence && { licenses: [{ license: { name: licence } }] }),
          purl,
        })),
    ],
    dependencies: [{ ref: `edgewise@${version}`, dependsOn: files.map(({ name }) => name).sort() }, ...dependencies],
  };
}
