// nginx as a process of its own: an upload folder over http and https, open, with a password, and one that allows nothing.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { freePort } from './support.mjs';

/** Returns { http, https, ca, folder }. Users: `board` with the password `correct horse`. */
export async function nginx(bench) {
  const base = bench.file('nginx');
  const folder = path.join(base, 'files');
  for (const name of ['files/open', 'files/private', 'temp', 'logs']) fs.mkdirSync(path.join(base, name), { recursive: true });
  const openssl = (...args) => execFileSync('openssl', args, { cwd: base, stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=Test authority', '-keyout', 'ca.key', '-out', 'ca.pem');
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
  fs.writeFileSync(path.join(base, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names', '-out', 'server.pem');
  fs.writeFileSync(path.join(base, 'users'), `board:${openssl('passwd', '-apr1', 'correct horse')}`);
  const [http, https] = [await freePort(), await freePort()];
  fs.writeFileSync(path.join(base, 'nginx.conf'), `
    ${process.getuid() === 0 ? 'user root;' : ''}
    daemon off; master_process off; pid nginx.pid; error_log logs/error.log;
    events {}
    http {
      access_log logs/access.log;
      client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp; scgi_temp_path temp;
      types { application/json json; }
      server {
        listen 127.0.0.1:${http};
        listen 127.0.0.1:${https} ssl;
        ssl_certificate server.pem; ssl_certificate_key server.key;
        root ${folder};
        add_header Access-Control-Allow-Origin *;
        dav_methods PUT;
        location /private/ { auth_basic board; auth_basic_user_file users; }
        location /closed/ { deny all; }
        location /elsewhere/ { return 307 http://127.0.0.1:${http}/open/; }
      }
    }`);
  const child = spawn('/usr/sbin/nginx', ['-p', base, '-c', 'nginx.conf', '-e', 'logs/error.log'], { stdio: ['ignore', 'ignore', 'inherit'] });
  bench.atEnd(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  });
  for (let tries = 0; ; tries++) {
    const open = await new Promise((done) => {
      const socket = net.connect(https, '127.0.0.1', () => done(true)).on('error', () => done(false));
      socket.unref();
      setTimeout(() => socket.destroy(), 200).unref();
    });
    if (open) break;
    if (tries > 100) throw new Error(fs.readFileSync(path.join(base, 'logs/error.log'), 'utf8'));
    await new Promise((done) => setTimeout(done, 50));
  }
  return { http: `http://127.0.0.1:${http}`, https: `https://localhost:${https}`, ca: path.join(base, 'ca.pem'), folder, log: path.join(base, 'logs/access.log') };
}
