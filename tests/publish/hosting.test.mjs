// The site served by nginx as web/HOSTING.md has it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, number, open, ready, root, serve } from '../../web/test/site.mjs';
import { Bench, freePort } from './support.mjs';

test('the documented configuration serves the page, with its headers, and lets others frame what is made for it alone', async (t) => {
  const bench = new Bench(t);
  const document = fs.readFileSync(fileURLToPath(new URL('../../web/HOSTING.md', import.meta.url)), 'utf8');
  const [, documented] = /```nginx\n(.*?)```/s.exec(document);
  const port = await freePort();
  const put = (text, from, to) => {
    assert.ok(text.includes(from), from);
    return text.replace(from, to);
  };
  const server = put(put(documented, 'listen 80;', `listen 127.0.0.1:${port};`), '/srv/edgewise', root);
  const base = path.dirname(bench.file('nginx.conf', `
    ${process.getuid() === 0 ? 'user root;' : ''}
    daemon off; master_process off; pid nginx.pid; error_log error.log;
    events {}
    http {
      access_log access.log;
      client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp; scgi_temp_path temp;
      ${server}
    }`));
  const child = spawn('/usr/sbin/nginx', ['-p', base, '-c', 'nginx.conf', '-e', 'error.log'], { stdio: ['ignore', 'ignore', 'inherit'] });
  bench.atEnd(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  });
  const url = `http://127.0.0.1:${port}/`;
  for (let tries = 0; tries < 50; tries++)
    if (await fetch(url).then((r) => r.ok, () => new Promise((done) => setTimeout(done, 100)))) break;

  const headers = async (name) => {
    const response = await fetch(url + name);
    assert.equal(response.status, 200, name);
    return response.headers;
  };
  const asset = (pattern) => `assets/${fs.readdirSync(path.join(root, 'assets')).find((name) => pattern.test(name))}`;
  const wasm = await headers(asset(/\.wasm$/));
  assert.equal(wasm.get('content-type'), 'application/wasm');
  assert.match(wasm.get('cache-control'), /immutable/);
  assert.equal(wasm.get('access-control-allow-origin'), '*');
  assert.equal(wasm.get('content-encoding'), 'gzip');
  for (const name of ['', 'sw.js', 'site.json', 'embed.js', 'presets/index.json']) assert.equal((await headers(name)).get('cache-control'), 'no-cache', name);
  assert.match((await headers('third-party-notices.txt')).get('content-type'), /^text\/plain/);
  assert.equal((await headers('manifest.webmanifest')).get('content-type').split(';')[0], 'application/manifest+json');

  const framing = `<!doctype html><iframe id="card" src="${url}embed.html#m=llama-3.2-1b&d=raspberry-pi-5-8gb"></iframe><iframe id="page" src="${url}"></iframe>`;
  const [browser, elsewhere] = await Promise.all([launch(), serve({ '/frames': framing })]);
  bench.atEnd(() => Promise.all([browser.close(), elsewhere.close()]));
  const { page, seen } = await open(browser, url);
  await ready(page);
  assert.match(await number(page, 'decode_tok_s'), /\d/);
  assert.deepEqual(seen.errors, []);
  assert.deepEqual(await page.evaluate(() => window.violations), []);

  const outside = await (await browser.newContext()).newPage();
  await outside.goto(`${elsewhere.url}frames`);
  const card = outside.frameLocator('#card').locator('body');
  await card.getByText('Llama-3.2-1B').first().waitFor();
  const refused = outside.frames().find((frame) => frame !== outside.mainFrame() && !frame.url().includes('embed.html'));
  assert.match(refused.url(), /^chrome-error:/);
});
