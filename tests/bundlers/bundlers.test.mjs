// The packed npm package in every bundler and runtime that people have: each asks for one answer, and gives it.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const require = createRequire(import.meta.url);
const run = promisify(execFile);
const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const program = (shown) => `import { load } from 'edgewise';
import { presets } from 'edgewise/presets';
const query = { model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb', prompt: 512, generate: 128 };
const answer = async () => (await load({ presets })).estimate(query).sentence;
${shown}
`;
const onPage = program(`answer().then((said) => { document.body.textContent = said; }, (error) => { document.body.textContent = 'failed: ' + error.code + ' ' + error.message; });`);
const page = (script) => `<!doctype html><html><head><meta charset="utf-8"></head><body></body>${script}</html>`;

let folder;
let expected;
let browser;
const closers = [];

/** An empty project with the packed package in it. */
function project(name, files) {
  const at = join(folder, name);
  mkdirSync(join(at, 'node_modules'), { recursive: true });
  cpSync(join(folder, 'node_modules/edgewise'), join(at, 'node_modules/edgewise'), { recursive: true });
  writeFileSync(join(at, 'package.json'), '{"private": true, "type": "module"}');
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(at, file, '..'), { recursive: true });
    writeFileSync(join(at, file), text);
  }
  return at;
}

/** Serves a folder; `sent` changes what is sent of a path. */
async function serve(at, sent = () => ({})) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    const file = join(at, path === '/' ? 'index.html' : path);
    const { status = 200, type = types[extname(file)] ?? 'application/octet-stream', csp = policy, body } = sent(path);
    if (status === 200 && body === undefined && !existsSync(file)) return response.writeHead(404).end('nothing here');
    response.writeHead(status, { 'content-type': type, 'content-security-policy': csp }).end(body ?? readFileSync(file));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closers.push(() => server.closeAllConnections(), () => server.close());
  return `http://127.0.0.1:${server.address().port}/`;
}

/** What a page says in the end. */
async function said(address) {
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  try {
    await page.goto(address);
    // Under the page's policy nothing can wait inside it.
    for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const text = ((await page.locator('body').textContent()) ?? '').trim();
      if (/tok\/s|failed/.test(text)) return text;
    }
    throw new Error(`no answer\n${errors.join('\n')}`);
  } finally {
    await page.close();
  }
}

before(async () => {
  mkdirSync(join(root, 'build'), { recursive: true });
  folder = mkdtempSync(join(root, 'build/bundlers-'));
  const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', join(root, 'build/wasm/package'), '--json', '--pack-destination', folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
  writeFileSync(join(folder, 'package.json'), '{"private": true, "type": "module"}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--offline', join(folder, filename)], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  writeFileSync(join(folder, 'program.mjs'), program('console.log(await answer());'));
  expected = execFileSync(process.execPath, ['program.mjs'], { cwd: folder, encoding: 'utf8' }).trim();
  assert.match(expected, /tok\/s/);
  const { chromium } = require('playwright-core');
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
});
after(async () => {
  await browser?.close();
  for (const close of closers) close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const runtimes = {
  ...Object.fromEntries([18, 22, 24].map((n) => [`Node ${n}`, [join(here, `node_modules/node${n}/bin/node`), 'program.mjs']])),
  Bun: [join(here, 'node_modules/@oven/bun-linux-x64-baseline/bin/bun'), 'program.mjs'],
  Deno: [join(here, 'node_modules/@deno/linux-x64-glibc/deno'), 'run', '--no-lock', '--node-modules-dir=manual', '--allow-read', 'program.mjs'],
};
for (const [name, [command, ...args]] of Object.entries(runtimes))
  for (const entry of ['edgewise', 'edgewise/inline', 'edgewise/estimate'])
    test(`${name} answers by ${entry}`, async () => {
      const file = `${name}-${entry}.mjs`.replace(/[ /]/g, '-');
      writeFileSync(join(folder, file), program('console.log(await answer());').replace("'edgewise'", `'${entry}'`));
      const { stdout } = await run(command, args.map((arg) => (arg === 'program.mjs' ? file : arg)), { cwd: folder });
      assert.equal(stdout.trim(), expected);
    });

test('CommonJS has it by import()', async () => {
  writeFileSync(join(folder, 'common.cjs'), `(async () => {
    const { load } = await import('edgewise');
    const { presets } = await import('edgewise/presets');
    console.log((await load({ presets })).estimate({ model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb', prompt: 512, generate: 128 }).sentence);
  })();`);
  const { stdout } = await run(runtimes['Node 18'][0], ['common.cjs'], { cwd: folder });
  assert.equal(stdout.trim(), expected);
});

test('a plain page answers, whatever the server calls the file, and says what is wrong', async () => {
  const map = { imports: { edgewise: './node_modules/edgewise/index.mjs', 'edgewise/presets': './node_modules/edgewise/presets.mjs' } };
  // A policy allows no import map inside the page: the addresses are written out.
  const plain = Object.entries(map.imports).reduce((text, [name, path]) => text.replace(`'${name}'`, `'${path}'`), onPage);
  const at = project('plain', { 'index.html': page('<script type="module" src="./main.mjs"></script>'), 'main.mjs': plain });
  const wasm = (what) => (path) => (path.endsWith('.wasm') ? what : {});
  assert.equal(await said(await serve(at)), expected);
  assert.equal(await said(await serve(at, wasm({ type: 'application/octet-stream' }))), expected);
  assert.match(await said(await serve(at, wasm({ status: 404, body: '' }))), /^failed: wasm_missing .*edgewise-engine\.wasm.*wasmUrl/);
  assert.match(await said(await serve(at, wasm({ type: 'text/html', body: '<!doctype html>' }))), /^failed: wasm_wrong_type .*text\/html/);
  assert.match(await said(await serve(at, () => ({ csp: "default-src 'self'" }))), /^failed: wasm_forbidden .*'wasm-unsafe-eval'/);
  assert.match(await said(await serve(at, () => ({ csp: "script-src 'self' 'wasm-unsafe-eval'; connect-src 'none'" }))), /^failed: wasm_unreachable .*connect-src/);
  const inline = project('inline', { 'index.html': page('<script type="module" src="./main.mjs"></script>'), 'main.mjs': plain.replace('index.mjs', 'inline.mjs') });
  assert.equal(await said(await serve(inline, wasm({ status: 404, body: '' }))), expected);
});

test('webpack builds it with no options', async () => {
  const at = project('webpack', { 'src/index.js': onPage, 'dist/index.html': page('<script src="main.js"></script>') });
  const webpack = require('webpack');
  const stats = await promisify(webpack)({ context: at, mode: 'production', entry: './src/index.js', output: { path: join(at, 'dist') }, performance: false });
  assert.equal(stats.hasErrors() || stats.hasWarnings(), false, stats.toString('errors-warnings'));
  assert.equal(await said(await serve(join(at, 'dist'))), expected);
});

test('esbuild builds it with no options; the file is copied', async () => {
  const at = project('esbuild', { 'main.js': onPage, 'dist/index.html': page('<script type="module" src="main.js"></script>') });
  await require('esbuild').build({ absWorkingDir: at, entryPoints: ['main.js'], bundle: true, format: 'esm', outdir: 'dist', logLevel: 'error' });
  cpSync(join(at, 'node_modules/edgewise/edgewise-engine.wasm'), join(at, 'dist/edgewise-engine.wasm'));
  assert.equal(await said(await serve(join(at, 'dist'))), expected);
});

test('Rollup builds it; the file is copied, and presets that nobody imports are left out', async () => {
  const at = project('rollup', { 'main.js': onPage, 'few.js': "export { base } from 'edgewise/presets';", 'dist/index.html': page('<script type="module" src="main.js"></script>') });
  const { rollup } = require('rollup');
  const { default: resolve } = await import(pathToFileURL(require.resolve('@rollup/plugin-node-resolve')));
  for (const input of ['main.js', 'few.js']) {
    const bundle = await rollup({ input: join(at, input), plugins: [resolve({ browser: true })] });
    await bundle.write({ file: join(at, 'dist', input), format: 'es', inlineDynamicImports: true });
  }
  cpSync(join(at, 'node_modules/edgewise/edgewise-engine.wasm'), join(at, 'dist/edgewise-engine.wasm'));
  assert.equal(await said(await serve(join(at, 'dist'))), expected);
  assert.ok(readFileSync(join(at, 'dist/few.js')).length < 300_000);
});

test('Vite builds it, and serves it in development with the line that the README gives', async () => {
  const at = project('vite', { 'main.js': onPage, 'index.html': page('<script type="module" src="/main.js"></script>') });
  const vite = await import(pathToFileURL(join(here, 'node_modules/vite/dist/node/index.js')));
  await vite.build({ root: at, configFile: false, logLevel: 'error' });
  assert.equal(await said(await serve(join(at, 'dist'))), expected);
  const line = readFileSync(join(at, 'node_modules/edgewise/README.md'), 'utf8').match(/`optimizeDeps: (\{[^`]*\})`/)[1];
  const options = { optimizeDeps: JSON.parse(line.replaceAll("'", '"').replace('exclude', '"exclude"')) };
  const server = await vite.createServer({ root: at, configFile: false, logLevel: 'error', server: { port: 0, host: '127.0.0.1' }, ...options });
  await server.listen();
  try {
    assert.equal(await said(server.resolvedUrls.local[0]), expected);
  } finally {
    await server.close();
  }
});

test('Next answers on its server and in the page', async () => {
  const at = project('next', {
    'app/layout.jsx': 'export default function Layout({ children }) { return <html><body>{children}</body></html>; }',
    'app/client/page.jsx': `'use client';\nimport { useEffect, useState } from 'react';\n${program('')}
      export default function Page() { const [said, say] = useState(''); useEffect(() => { answer().then(say, (e) => say('failed: ' + e.message)); }, []); return <p>{said}</p>; }`,
    'app/server/page.jsx': `${program('')}\nexport const dynamic = 'force-dynamic';\nexport default async function Page() { return <p>{await answer()}</p>; }`,
  });
  for (const name of ['next', 'react', 'react-dom']) symlinkSync(join(here, 'node_modules', name), join(at, 'node_modules', name));
  const bin = join(here, 'node_modules/next/dist/bin/next');
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_PATH: '' };
  await run(process.execPath, [bin, 'build'], { cwd: at, env });
  const server = spawn(process.execPath, [bin, 'start', '-p', '0', '-H', '127.0.0.1'], { cwd: at, env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const address = await new Promise((resolve, reject) => {
      let printed = '';
      server.stdout.on('data', (text) => {
        printed += text;
        const found = printed.match(/http:\/\/127\.0\.0\.1:\d+/);
        if (found && /Ready/.test(printed)) resolve(found[0]);
      });
      server.once('exit', () => reject(new Error(printed)));
    });
    for (const side of ['server', 'client']) assert.ok((await said(`${address}/${side}`)).startsWith(expected), side);
  } finally {
    server.kill();
  }
});
