// Another origin, and what it serves: a device, a catalog.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

export const board = (changes = {}) => ({
  type: 'device',
  format_version: 1,
  id: 'my-board',
  name: 'My Board',
  kind: 'soc-integrated',
  class: 'sbc',
  memory: { capacity_gib: 4, peak_bandwidth_gb_s: 20 },
  cpu: {
    clusters: [{ microarchitecture: 'Cortex-A76', cores: 4, clock_ghz: 2, isa: ['neon', 'fp16', 'dotprod'] }],
    peak: { fp32_gflops: 128, int8_dot_gops: 512 }
  },
  power: { idle_w: 2, load_w: 8 },
  confidence: { memory: 'read', cpu: 'derived', power: 'read' },
  calibrations: [
    {
      runtime: 'llama.cpp-cpu',
      origin: 'measured',
      configurations: 3,
      parameters: { bandwidth_share: 0.8, decode_power_share: 0.9, idle_share: 1 },
      tool: 'edgewise 0.1.0',
      date: '2026-11-20',
      context: 'fan',
      samples: [
        { test: 'power', phase: 'decode', source: 'ina219', scope: 'module', unit: 'W', values: [7] },
        { engine: 'Llama-3.2-1B Q4_K_M decode_tok_s', value: 7 }
      ]
    }
  ],
  ...changes
});
export const text = JSON.stringify(board());
export const sum = (body) => createHash('sha256').update(body).digest('hex');

/** A server of another origin: `files` by path, each a body or a function that answers. */
export async function elsewhere(files) {
  const requested = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    requested.push({ path: pathname, headers: request.headers });
    const file = files[pathname];
    if (typeof file === 'function') {
      file(request, response);
      return;
    }
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': 'application/json',
      'access-control-allow-origin': '*'
    });
    response.end(file ?? 'nothing here');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    host: `127.0.0.1:${server.address().port}`,
    files,
    requested,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }
  };
}

export const paste = (page, content, target = 'body') =>
  page.evaluate(
    ([body, selector]) => {
      const data = new DataTransfer();
      data.setData('text/plain', body);
      document
        .querySelector(selector)
        .dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    },
    [content, target]
  );

export const catalog = (...presets) => JSON.stringify({ type: 'catalog', schema: 1, presets });
export const entry = (changes = {}) => ({
  id: 'my-board',
  name: 'My Board',
  url: 'boards/my-board.json',
  sha256: sum(text),
  date: '2026-11-20',
  runtimes: ['llama.cpp-cpu'],
  ...changes
});
