// A hub of models on this machine: it lists and gives files as Hugging Face does.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

export const gguf = readFileSync(new URL('../../tests/fuzz/seed.gguf', import.meta.url));
export const config = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 1024,
  intermediate_size: 4096,
  num_hidden_layers: 8,
  num_attention_heads: 16,
  num_key_value_heads: 4,
  vocab_size: 32000,
  tie_word_embeddings: true,
  max_position_embeddings: 4096,
  torch_dtype: 'bfloat16'
};

/** `repos`: of each id its files by name, or `{ status, code }` where it gives none. */
export async function hub(repos) {
  const requested = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://hub');
    const cors = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'range',
      'access-control-expose-headers': 'x-error-code, content-range'
    };
    const end = (status, headers, body) => {
      response.writeHead(status, { ...cors, ...headers });
      response.end(body);
    };
    if (request.method === 'OPTIONS') {
      end(204, {});
      return;
    }
    requested.push({ path: pathname, headers: request.headers });
    const [, api, asked] = /^\/(api\/models\/)?([^/]+\/[^/]+)/.exec(pathname) ?? [];
    const repo = repos[asked];
    if (!repo) return end(401, {}, '{"error":"Invalid username or password."}');
    if (api) {
      const siblings = Object.entries(repo.files).map(([rfilename, body]) => ({
        rfilename,
        size: body.length
      }));
      return end(200, { 'content-type': 'application/json' }, JSON.stringify({ id: asked, siblings }));
    }
    const { status, code } = repo;
    if (status) return end(status, { 'x-error-code': code }, 'no');
    const name = decodeURIComponent(pathname.split('/').slice(5).join('/'));
    const body = repo.files[name];
    if (body === undefined) return end(404, { 'x-error-code': 'EntryNotFound' }, 'no');
    if (repo.moved && !request.url.includes('moved')) return end(302, { location: `${request.url}?moved` });
    const [, to] = /^bytes=0-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (to === undefined) return end(200, {}, body);
    const part = Buffer.from(body).subarray(0, Number(to) + 1);
    return end(206, { 'content-range': `bytes 0-${part.length - 1}/${body.length}` }, part);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${server.address().port}`;
  return {
    url: `http://${host}/`,
    host,
    requested,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }
  };
}
