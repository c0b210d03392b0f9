// The whole way of a board: measured, fitted, published, opened by a link in the page.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { launch, open, ready, serve } from '../../web/test/site.mjs';
import { nginx } from './nginx.mjs';
import { Bench } from './support.mjs';

test('measure, fit, publish, and the page says "measured"', async (t) => {
  const own = new Bench(t);
  const server = await nginx(own);
  const [site, browser] = await Promise.all([serve(), launch()]);
  own.atEnd(() => Promise.all([site.close(), browser.close()]));
  const done = async (...args) => {
    const result = await own.run(args);
    assert.equal(result.status, 0, `${args[0]}: ${result.stderr}`);
    return result;
  };
  await done('measure', '--budget', '40', '--output', 'measured.json', '--watts-idle', '3', '--watts-load', '8');
  await done('fit', 'measured.json', '--output', 'my-board.json', '--name', 'My own board', '--accept-noise');
  const { stdout } = await done('publish', 'my-board.json', '--to', `${server.http}/open/`, '--yes', '--page', site.url);
  const [name] = fs.readdirSync(path.join(server.folder, 'open'));

  const link = /^Link: (\S+)$/m.exec(stdout)[1];
  assert.ok(link.startsWith(`${site.url}#device=`));
  const { page, seen } = await open(browser, link);
  await ready(page);
  assert.match(await page.locator('.sentence').innerText(), /My own board/);
  assert.match(await page.locator('body').innerText(), /Measured by its owner/i);
  assert.ok(seen.requests.includes(`${server.http}/open/${name}`));
  assert.deepEqual(seen.errors, []);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
});
