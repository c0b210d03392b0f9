// A static file server for looking at the built site: node tests/serve.mjs FOLDER PORT
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';

const [folder, port] = process.argv.slice(2);
const root = resolve(folder);
const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8', '.json': 'application/json', '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.png': 'image/png', '.ico': 'image/x-icon', '.txt': 'text/plain; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8', '.map': 'application/json'
};

async function find(path) {
  const file = normalize(join(root, path));
  if (file !== root && !file.startsWith(root + sep)) return null;
  const info = await stat(file).catch(() => null);
  if (info?.isDirectory()) return path.endsWith('/') ? find(`${path}index.html`) : { redirect: `${path}/` };
  return info?.isFile() ? { file, size: info.size } : null;
}

const server = createServer(async (request, response) => {
  try {
    const found = await find(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    if (found?.redirect) return response.writeHead(301, { location: found.redirect }).end();
    if (!found) return response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
    response.writeHead(200, { 'content-type': types[extname(found.file)] ?? 'application/octet-stream', 'content-length': found.size, 'cache-control': 'no-cache' });
    if (request.method === 'HEAD') return response.end();
    createReadStream(found.file).pipe(response);
  } catch {
    response.writeHead(400, { 'content-type': 'text/plain' }).end('bad request\n');
  }
});
server.on('error', (error) => {
  console.error(error.code === 'EADDRINUSE' ? `port ${port} is in use; choose another: PORT=8081 ./dev run` : error.message);
  process.exit(1);
});
server.listen(Number(port), () => console.log(`serving ${folder} on http://localhost:${port} (Ctrl-C ends it)`));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
