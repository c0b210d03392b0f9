// A strict S3 server: it checks every signature with Amazon's own signer, the hash of every body, the clock, and conditions on
// writes. Only what the publisher uses is there; everything else is an error.
import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { serve } from './support.mjs';

const account = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', sessionToken: 'session/token==' };
export const environment = { AWS_ACCESS_KEY_ID: account.accessKeyId, AWS_SECRET_ACCESS_KEY: account.secretAccessKey, AWS_SESSION_TOKEN: account.sessionToken };

class Sha256 {
  constructor(secret) {
    this.hash = secret ? createHmac('sha256', secret) : createHash('sha256');
  }
  update(data) {
    this.hash.update(data);
  }
  digest() {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const etag = (bytes) => `"${createHash('md5').update(bytes).digest('hex')}"`;

/** Why the request is not signed as it must be; null: it is. */
export async function unsigned(request, body, region, now, credentials = account) {
  const match = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(request.headers.authorization ?? '');
  if (!match) return ['AccessDenied', 'no signature'];
  const [, key, day, inRegion, names, signature] = match;
  if (key !== credentials.accessKeyId) return ['InvalidAccessKeyId', key];
  if (inRegion !== region) return ['AuthorizationHeaderMalformed', `the region '${inRegion}' is wrong; expecting '${region}'`];
  const signed = names.split(';');
  for (const name of ['host', 'x-amz-date', 'x-amz-content-sha256', ...(credentials.sessionToken ? ['x-amz-security-token'] : []), ...['if-match', 'if-none-match'].filter((x) => x in request.headers)])
    if (!signed.includes(name)) return ['AccessDenied', `${name} is not signed`];
  if (request.headers['x-amz-content-sha256'] !== sha256(body)) return ['XAmzContentSHA256Mismatch', 'the body has another hash'];
  const stamp = request.headers['x-amz-date'].replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  if (Math.abs(Date.parse(stamp) - now) > 15 * 60e3) return ['RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'];
  if (day !== request.headers['x-amz-date'].slice(0, 8)) return ['AccessDenied', 'the days differ'];
  const signer = new SignatureV4({ credentials, region, service: 's3', sha256: Sha256, uriEscapePath: false, applyChecksum: true });
  const url = new URL(request.url, 'http://x');
  const again = await signer.sign(
    { method: request.method, protocol: 'http:', hostname: request.headers.host, path: request.url.split('?')[0], query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(signed.map((name) => [name, request.headers[name]])), body },
    { signingDate: new Date(stamp), signableHeaders: new Set(signed) },
  );
  return again.headers.authorization.endsWith(`Signature=${signature}`) ? null : ['SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.'];
}

/**
 * Returns { address, objects, log, hooks }: objects by "bucket/key"; `hooks.before(request, body)` may answer with a status
 * instead of the server; `hooks.after` runs when an object was written.
 */
export async function s3(bench, { region = 'us-east-1', skew_s = 0, conditional = true } = {}) {
  const objects = new Map();
  const log = [];
  const hooks = {};
  const address = await serve(bench, async (request, response, body) => {
    const now = Date.now() + skew_s * 1e3;
    const fail = (status, code, message = code) =>
      response.writeHead(status, { 'content-type': 'application/xml', date: new Date(now).toUTCString() }).end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
    const key = decodeURIComponent(request.url.slice(1));
    log.push(`${request.method} ${key}`);
    const refused = await unsigned(request, body, region, now);
    if (refused) return fail(403, ...refused);
    const hooked = await hooks.before?.(request, body, key);
    if (hooked === 'cut') return response.writeHead(200, { 'content-length': '1000' }).write('{', () => response.socket.destroy());
    if (hooked) return response.writeHead(hooked.status, hooked.headers).end(hooked.body ?? '');
    const present = objects.get(key);
    if (request.method === 'GET') return present === undefined ? fail(404, 'NoSuchKey') : response.writeHead(200, { etag: etag(present), 'content-type': 'application/json' }).end(present);
    if (request.method !== 'PUT') return fail(405, 'MethodNotAllowed');
    const { 'if-match': match, 'if-none-match': none } = request.headers;
    if ((match || none) && !conditional) return fail(501, 'NotImplemented');
    if (none === '*' && present !== undefined) return fail(412, 'PreconditionFailed');
    if (match && present === undefined) return fail(404, 'NoSuchKey');
    if (match && match !== etag(present)) return fail(412, 'PreconditionFailed');
    objects.set(key, body);
    const lost = await hooks.after?.(request, body, key);
    if (lost === 'cut') return response.socket.destroy();
    response.writeHead(200, { etag: etag(body) }).end();
  });
  return { address, objects, log, hooks, catalog: (prefix) => JSON.parse(objects.get(`${prefix}catalog.json`)) };
}
