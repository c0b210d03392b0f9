// Servers of models that answer as the real ones do, in shapes recorded from llama-server, Ollama and vLLM. They count words
// as tokens and state times instead of taking them.
import http from 'node:http';

/** A server on a free port; every request is kept. `answer(request, body)` gives JSON, or handles the response itself. */
export async function listen(t, answer) {
  const seen = [];
  const server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (part) => (text += part));
    request.on('end', async () => {
      const body = text ? JSON.parse(text) : null;
      seen.push({ method: request.method, path: request.url, body });
      const json = await answer({ method: request.method, path: request.url, response }, body);
      if (response.headersSent || response.destroyed) return;
      response.writeHead(json === undefined ? 404 : json.status ?? 200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(json === undefined ? { error: { code: 404, message: 'File Not Found' } } : json));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => (server.closeAllConnections(), server.close()));
  return { url: `http://127.0.0.1:${server.address().port}`, port: server.address().port, seen };
}

const words = (prompt) => prompt.split(' ').length;

/** llama-server with one model. */
export function llamaServer({ model = 'Llama-3.2-1B-Instruct-Q4_0.gguf', prefill = 100, decode = 20, ratio = 1.4, parameters = 1235814400, change = (x) => x, n_ctx = 8192 } = {}) {
  return ({ method, path }, body) => {
    if (path === '/props') return { default_generation_settings: { n_ctx, params: {} }, total_slots: 1, model_path: `/home/someone/${model}`, build_info: 'b7100-1a2b3c4' };
    if (path === '/v1/models') return { object: 'list', data: [{ id: `/home/someone/${model}`, object: 'model', owned_by: 'llamacpp', meta: { n_params: parameters, size: 773025920, ftype: 'Q4_0' } }] };
    if (method !== 'POST' || path !== '/completion') return undefined;
    const prompt_n = Math.round(words(body.prompt) * ratio), predicted_n = body.n_predict;
    return change({ content: 'a secret', stop: true, model, timings: { cache_n: 0, prompt_n, prompt_ms: (prompt_n / prefill) * 1e3, prompt_per_second: prefill,
      predicted_n, predicted_ms: (predicted_n / decode) * 1e3, predicted_per_second: decode } });
  };
}

/** Ollama with models of `name: {size, quant, decode}`; `vram`: the share of a loaded one that a GPU has. */
export function ollama(models, { vram = 0, version = '0.12.3' } = {}) {
  const loaded = new Set();
  return ({ method, path }, body) => {
    if (path === '/api/version') return { version };
    if (path === '/api/tags')
      return { models: Object.entries(models).map(([name, m]) => ({ name, model: name, modified_at: '2026-01-01T00:00:00Z', size: m.size, digest: 'f'.repeat(64), ...(m.remote && { remote_host: 'https://ollama.com' }),
        details: { format: 'gguf', family: m.family ?? 'llama', parameter_size: '1.2B', quantization_level: m.quant } })) };
    if (path === '/api/ps') return { models: [...loaded].map((name) => ({ name, model: name, size: models[name].size, size_vram: Math.round(models[name].size * vram) })) };
    if (method !== 'POST' || path !== '/api/generate') return undefined;
    const m = models[body.model];
    if (!m) return { status: 404, error: `model '${body.model}' not found` };
    const first = !loaded.has(body.model);
    loaded.add(body.model);
    const n = words(body.prompt), generated = body.options.num_predict;
    return { model: body.model, created_at: '2026-01-01T00:00:00Z', response: 'a secret', done: true, done_reason: 'length', total_duration: 9e9, load_duration: first ? 5e9 : 1e6,
      prompt_eval_count: n, prompt_eval_duration: Math.round((n / (m.prefill ?? 50)) * 1e9), eval_count: generated, eval_duration: Math.round((generated / m.decode) * 1e9) };
  };
}

/** vLLM, or another server of OpenAI's API: an event for each token, `pause` milliseconds apart. */
export function openai({ model = 'meta-llama/Llama-3.2-1B-Instruct', owned_by = 'vllm', pause = 2, usage = true, chat = false, finish = true } = {}) {
  return async ({ method, path, response }, body) => {
    if (path === '/version' && owned_by === 'vllm') return { version: '0.11.0' };
    if (path === '/v1/models') return { object: 'list', data: [{ id: model, object: 'model', created: 1, owned_by, root: model, parent: null, max_model_len: 8192 }] };
    if (method !== 'POST' || path !== (chat ? '/v1/chat/completions' : '/v1/completions')) return undefined;
    const send = (event) => response.write(`data: ${JSON.stringify(event)}\n\n`);
    const base = { id: 'cmpl-1', object: 'text_completion', created: 1, model };
    const piece = (text, finish_reason) => ({ index: 0, logprobs: null, finish_reason, ...(chat ? { delta: { content: text } } : { text }) });
    const prompt = chat ? body.messages[0].content : body.prompt;
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    await new Promise((resolve) => setTimeout(resolve, pause * 4));
    for (let i = 0; i < body.max_tokens; ++i) {
      send({ ...base, choices: [piece(' word', i + 1 === body.max_tokens ? 'length' : null)] });
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    const n = words(prompt);
    if (usage && body.stream_options?.include_usage) send({ ...base, choices: [], usage: { prompt_tokens: n, total_tokens: n + body.max_tokens, completion_tokens: body.max_tokens } });
    if (finish) response.write('data: [DONE]\n\n');
    response.end();
  };
}
