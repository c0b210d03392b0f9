/** What a line of text names: a model of a hub, or a file at an address. */
export type Source = HubSource | AddressSource;
export interface HubSource {
  at: 'hub';
  /** owner/name */
  id: string;
  revision: string;
  /** A file of the model; empty: none in particular. */
  path: string;
  /** As Ollama and llama.cpp write it after a colon; empty: none. */
  quant: string;
}
export interface AddressSource {
  at: 'address';
  url: string;
}

/** Addresses of the hub by which people know its models, whichever server is asked for them. */
const hosts = ['huggingface.co', 'www.huggingface.co', 'hf.co'];
const elsewhere = new Set(['datasets', 'spaces', 'docs', 'blog', 'papers', 'collections', 'api']);

const idPart = '[A-Za-z0-9][\\w.-]{0,95}';
const written = new RegExp(`^(${idPart}/${idPart}?)(?::([\\w.-]{1,60}))?$`);
/** Programs whose command lines name a model of the hub. */
const programs = /^(\$\s*)?(ollama|llama[-.]\w[\w.-]*|vllm|sglang|hf|huggingface-cli|mlx_lm[\w.]*|lms)\s/;

const hubSource = (id: string, quant = '', revision = 'main', path = ''): HubSource => ({
  at: 'hub',
  id,
  quant,
  revision,
  path
});

/** What lies at a path of the hub: /owner/name, and perhaps /tree, /blob, /resolve or /raw, a revision and a file. */
function onHub(pathname: string): HubSource | undefined {
  const [owner = '', tagged = '', verb = '', revision = 'main', ...rest] = pathname
    .split('/')
    .filter(Boolean)
    .map(decoded);
  if (elsewhere.has(owner)) return undefined;
  const [, id, quant] = written.exec(`${owner}/${tagged}`) ?? [];
  if (id === undefined) return undefined;
  const file = ['tree', 'blob', 'resolve', 'raw'].includes(verb);
  // A folder of a tree may be anything; a file is one that can be read.
  const path = verb === 'tree' ? '' : rest.join('/');
  return file ? hubSource(id, quant, revision, path) : hubSource(id, quant);
}
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * What one line of text names; undefined: nothing. `hub`: the address of the site's hub, `here`: the page's own, from
 * which an address may start with / or a dot.
 */
export function sourceOf(text: string, hub: string, here: string): Source | undefined {
  const line = text.trim().replace(/^["'`<]+|["'`>]+$/g, '');
  if (line === '' || line.length > 2000 || /[\n\r]/.test(line)) return undefined;
  if (programs.test(line)) {
    const named = line
      .split(/\s+/)
      .slice(1)
      .map((word) => sourceOf(word, hub, here));
    return named.find((s) => s?.at === 'hub');
  }
  if (/\s/.test(line)) return undefined;
  const bare = line.replace(/^hf:\/\//, 'https://hf.co/');
  const whole = hosts.some((host) => bare.toLowerCase().startsWith(`${host}/`)) ? `https://${bare}` : bare;
  if (/^https?:\/\//i.test(whole) || /^\.{0,2}\//.test(whole)) return ofAddress(whole, hub, here);
  const [, id, quant] = written.exec(bare) ?? [];
  return id === undefined ? undefined : hubSource(id, quant);
}

function ofAddress(text: string, hub: string, here: string): Source | undefined {
  let url: URL;
  try {
    url = new URL(text, here);
  } catch {
    return undefined;
  }
  const base = new URL(hub);
  const known =
    hosts.includes(url.host) || (url.host === base.host && url.pathname.startsWith(base.pathname));
  const path = url.host === base.host ? url.pathname.slice(base.pathname.length) : url.pathname;
  // What else lies on the hub is read as what it is.
  return (known ? onHub(path) : undefined) ?? { at: 'address', url: url.href };
}

/** The server that is asked. */
export const hostOfSource = (source: Source, hub: string): string =>
  new URL(source.at === 'hub' ? hub : source.url).host;
/** What it is called. */
export const nameOfSource = (source: Source): string =>
  source.at === 'address' ? source.url : source.quant ? `${source.id}:${source.quant}` : source.id;
/** Where a person sees and downloads its files. */
export const pageOfSource = (source: Source, hub: string): string =>
  source.at === 'hub' ? `${hub}${source.id}/tree/${source.revision}` : source.url;
