// A server that does to a reader what servers do: late, endless, elsewhere, not as asked.
import { createServer } from 'node:http';

/**
 * `routes`: of each path what answers it, given the request, the response and the range that was asked for, as
 * [from, to], if any. `most`: how many requests ran at once.
 */
export async function wild(routes, { cors = true } = {}) {
  const seen = { requested: [], running: 0, most: 0, closed: 0 };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://wild');
    if (cors) {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-allow-headers', 'range');
      response.setHeader('access-control-expose-headers', 'x-error-code, content-range');
    }
    if (request.method === 'OPTIONS') return response.writeHead(204).end();
    seen.requested.push(pathname);
    seen.most = Math.max(seen.most, ++seen.running);
    response.on('close', () => {
      --seen.running;
      if (!response.writableFinished) ++seen.closed;
    });
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const answer = routes[pathname];
    if (!answer) return response.writeHead(404).end('no');
    return answer(request, response, range ? [Number(range[1]), Number(range[2])] : undefined);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${server.address().port}`;
  return {
    url: `http://${host}/`,
    host,
    seen,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }
  };
}

/** Gives the part that was asked for, at most so many bytes of it. */
export const part =
  (body, most = Infinity) =>
  (_request, response, range) => {
    if (!range) return response.writeHead(200, { 'content-length': body.length }).end(body);
    const [from, to] = range;
    const bytes = Buffer.from(body).subarray(from, Math.min(to + 1, from + most));
    response.writeHead(206, {
      'content-range': `bytes ${from}-${from + bytes.length - 1}/${body.length}`,
      'content-length': bytes.length
    });
    return response.end(bytes);
  };
export const status =
  (code, headers = {}) =>
  (_request, response) =>
    response.writeHead(code, headers).end('no');
export const list = (files) => (_request, response) =>
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ siblings: files.map((rfilename) => ({ rfilename, size: 1000 })) }));

/** Never ends; `sent` counts what went out. */
export function endless(head, headers = {}) {
  const counted = { sent: 0 };
  const block = Buffer.alloc(65536, 32);
  const answer = (_request, response) => {
    response.writeHead(200, headers);
    const more = () => {
      if (response.destroyed) return;
      counted.sent += block.length;
      if (response.write(block)) setImmediate(more);
      else response.once('drain', more);
    };
    response.write(head);
    more();
  };
  return Object.assign(answer, { counted });
}

const header = (tensors) => {
  const text = Buffer.from(JSON.stringify(tensors));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text]);
};
/** A small checkpoint whose weights lie in `n` files, as an object of files by name. */
export function sharded(config, n) {
  const { hidden_size: h, intermediate_size: i, num_hidden_layers: layers, vocab_size: v } = config;
  const kv = (h / config.num_attention_heads) * config.num_key_value_heads;
  const tensors = [['model.embed_tokens.weight', [v, h]]];
  for (let l = 0; l < layers; ++l) {
    const at = `model.layers.${l}.`;
    const of = { q: [h, h], k: [kv, h], v: [kv, h], o: [h, h] };
    for (const [x, shape] of Object.entries(of)) tensors.push([`${at}self_attn.${x}_proj.weight`, shape]);
    for (const x of ['gate', 'up']) tensors.push([`${at}mlp.${x}_proj.weight`, [i, h]]);
    tensors.push([`${at}mlp.down_proj.weight`, [h, i]]);
    for (const x of ['input', 'post_attention']) tensors.push([`${at}${x}_layernorm.weight`, [h]]);
  }
  tensors.push(['model.norm.weight', [h]]);
  const name = (k) => `model-${String(k + 1).padStart(5, '0')}-of-${String(n).padStart(5, '0')}.safetensors`;
  const shards = Array.from({ length: n }, () => ({}));
  const map = {};
  tensors.forEach(([tensor, shape], k) => {
    const bytes = 2 * shape.reduce((a, b) => a * b, 1);
    shards[k % n][tensor] = { dtype: 'BF16', shape, data_offsets: [0, bytes] };
    map[tensor] = name(k % n);
  });
  return {
    'config.json': JSON.stringify(config),
    'model.safetensors.index.json': JSON.stringify({ weight_map: map }),
    // Weights follow that nobody is to read.
    ...Object.fromEntries(shards.map((s, k) => [name(k), Buffer.concat([header(s), Buffer.alloc(100_000)])]))
  };
}
