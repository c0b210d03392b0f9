// What of others is inside of the site, on which terms, and that the page leads there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { open, staged } from './site.mjs';
import { paragraphsOf } from '../scripts/notices.mjs';

const [browser, site] = await staged();

test('Method leads to the notices, which have the terms of all that the page and its engine are made of', async () => {
  const { page, close } = await open(browser, `${site.url}#view=method`);
  const link = page.getByRole('link', { name: 'Licences of the software of others in this page' });
  await link.waitFor();
  const notices = await (await fetch(await link.evaluate((a) => a.href))).text();
  const { version } = JSON.parse(
    readFileSync(new URL('../node_modules/lit-html/package.json', import.meta.url), 'utf8')
  );
  for (const words of [
    `lit-html ${version}`,
    'Copyright (c) 2017 Google LLC',
    'Niels Lohmann',
    'workbox-precaching',
    'system/lib/libc/musl/'
  ])
    assert.ok(notices.includes(words), words);
  // Of what builds it, nothing but what is in it.
  for (const words of ['axe-core', 'typescript', 'prettier', 'esbuild'])
    assert.ok(!notices.includes(`\n  ${words} `), words);
  await close();
});

test('of a copyright file, the paragraphs of some files and the licences that these name', () => {
  const text = `Format: x\n\nFiles: *\nCopyright: A\nLicense: Expat or NCSA\n\nFiles:\n tests/*\nLicense: GPL-2\n\nFiles: debian/*\nLicense: Zlib\n\nLicense: Expat\n words\n .\n more\n\nLicense: NCSA\n of it\n\nLicense: GPL-2\n much\n`;
  assert.equal(
    paragraphsOf(text, /^\*$/),
    `Format: x\n\nFiles: *\nCopyright: A\nLicense: Expat or NCSA\n\nLicense: Expat\n words\n .\n more\n\nLicense: NCSA\n of it\n`
  );
});
