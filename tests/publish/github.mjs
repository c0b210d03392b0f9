// GitHub's REST interface as far as the publisher uses it. Every request and every answer is checked against GitHub's published
// OpenAPI description; answers are its own examples with the names of this test in them.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import Ajv from 'ajv';
import { serve } from './support.mjs';

const description = createRequire(import.meta.url)('@octokit/openapi/generated/api.github.com.deref.json');
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
const validators = new Map();

function violations(schema, value, what) {
  if (!validators.has(schema)) validators.set(schema, ajv.compile(schema));
  const validate = validators.get(schema);
  return validate(value) ? [] : validate.errors.map((e) => `${what}${e.instancePath} ${e.message}`);
}

// OpenAPI has no path parameters with slashes; GitHub's {path} and {ref} have them.
const routes = Object.keys(description.paths)
  .filter((path) => /^\/repos\/\{owner\}\/\{repo\}(\/(forks|merge-upstream|git\/ref\/\{ref\}|git\/refs|contents\/\{path\}|pulls))?$/.test(path))
  .map((path) => [path, new RegExp(`^${path.replace(/\{(path|ref)\}/g, '(?<$1>.+)').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)]);

const blob = (content) => createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

/**
 * Returns { address, state, log, broken }: `broken` lists everything that was against the description, `hooks.before` may answer
 * instead ({ status, headers, body, then: 'do it all the same' } loses the answer only).
 */
export async function github(bench, { push = false, token = 'ghp_test' } = {}) {
  const state = { repositories: { 'edge/presets': { branches: { main: new Map() }, push } }, pulls: [], forkDelay: 0 };
  const log = [];
  const broken = [];
  const hooks = {};
  const address = await serve(bench, async (request, response, body) => {
    const url = new URL(request.url, 'http://x');
    const found = routes.map(([path, pattern]) => [path, pattern.exec(url.pathname)]).find(([, match]) => match);
    const method = request.method.toLowerCase();
    const operation = found && description.paths[found[0]][method];
    log.push(`${request.method} ${decodeURIComponent(request.url)}`);
    let override;
    const reply = (status, patch) => {
      if (override) ({ status, patch } = { status: override.status, patch: override.body });
      const content = operation?.responses[status]?.content?.['application/json'];
      if (!operation?.responses[status] && status < 500 && status !== 401 && status !== 429) broken.push(`${method} ${found?.[0]} never answers ${status}`);
      const example = content?.examples && Object.values(content.examples)[0].value;
      const whole = Array.isArray(patch) || status >= 300 || !example ? patch : merged(example, patch);
      const what = `answer ${status} of ${method} ${found[0]}: `;
      // Some of GitHub's examples are themselves not quite what it describes.
      const known = content && example ? violations(content.schema, example, what) : [];
      if (content) broken.push(...violations(content.schema, whole, what).filter((x) => !known.includes(x)));
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...override?.headers }).end(JSON.stringify(whole));
    };
    const error = (status, message) => reply(status, { message, documentation_url: 'https://docs.github.com/rest', status: String(status) });
    if (!operation) {
      broken.push(`no such operation: ${request.method} ${request.url}`);
      return error(404, 'Not Found');
    }
    for (const name of url.searchParams.keys()) if (!operation.parameters.some((p) => p.in === 'query' && p.name === name)) broken.push(`unknown parameter ${name}`);
    for (const p of operation.parameters) if (p.in === 'query' && url.searchParams.has(p.name)) broken.push(...violations(p.schema, url.searchParams.get(p.name), `parameter ${p.name}`));
    const sent = body.length ? JSON.parse(body) : undefined;
    const wanted = operation.requestBody?.content['application/json'].schema;
    if (wanted) broken.push(...violations(wanted, sent ?? null, `request ${method} ${found[0]}: `));
    else if (sent) broken.push(`${method} ${found[0]} takes no body`);
    if (request.headers.accept !== 'application/vnd.github+json' || request.headers['x-github-api-version'] !== '2022-11-28' || !request.headers['user-agent']) broken.push('headers');
    if (request.headers.authorization !== `Bearer ${token}`) return error(401, 'Bad credentials');
    override = await hooks.before?.(request, sent, found[0]);
    if (override && !override.then) return reply();

    const { owner, repo, ref, path } = found[1].groups;
    const name = `${owner}/${repo}`;
    const repository = state.repositories[name];
    if (!repository) return error(404, 'Not Found');
    const described = (full) => ({ full_name: full, name: full.split('/')[1], owner: { login: full.split('/')[0] }, default_branch: 'main', permissions: { admin: false, pull: true, push: state.repositories[full].push } });
    const file = (content, at, branch) => ({ type: 'file', encoding: 'base64', size: content.length, name: at.split('/').at(-1), path: at, sha: blob(content), content: content.toString('base64').replace(/.{60}/g, '$&\n'), html_url: `https://github.com/${name}/blob/${branch}/${at}` });
    const pull = (p) => ({ number: p.number, state: p.state, title: p.title, html_url: `https://github.com/${name}/pull/${p.number}`, head: { ref: p.head.split(':')[1], label: p.head }, base: { ref: p.base } });
    const exampleOf = (operationOf, status) => Object.values(operationOf.responses[status].content['application/json'].examples)[0].value;
    switch (`${method} ${found[0].slice('/repos/{owner}/{repo}'.length)}`) {
      case 'get ':
        return reply(200, described(name));
      case 'post /forks': {
        const fork = `someone/${repo}`;
        state.repositories[fork] ??= { branches: { main: new Map(repository.branches.main) }, push: true, hidden: state.forkDelay };
        return reply(202, described(fork));
      }
      case 'post /merge-upstream':
        return reply(200, { message: 'up to date', merge_type: 'none', base_branch: 'edge:main' });
      case 'get /git/ref/{ref}': {
        const branch = decodeURIComponent(ref).replace(/^heads\//, '');
        if (repository.hidden > 0 && repository.hidden--) return error(404, 'Not Found');
        return repository.branches[branch] ? reply(200, { ref: `refs/heads/${branch}`, object: { sha: 'a'.repeat(40) } }) : error(404, 'Not Found');
      }
      case 'post /git/refs': {
        const branch = sent.ref.replace('refs/heads/', '');
        if (repository.branches[branch]) return error(422, 'Reference already exists');
        if (!repository.push) return error(422, 'Resource not accessible');
        repository.branches[branch] = new Map(repository.branches.main);
        return reply(201, { ref: sent.ref });
      }
      case 'get /contents/{path}': {
        const branch = url.searchParams.get('ref');
        const content = repository.branches[branch]?.get(decodeURIComponent(path));
        if (!content) return error(404, 'Not Found');
        return reply(200, { ...Object.values(operation.responses[200].content['application/vnd.github.object'].examples)[0].value, ...file(content, decodeURIComponent(path), branch) });
      }
      case 'put /contents/{path}': {
        const files = repository.branches[sent.branch];
        const at = decodeURIComponent(path);
        if (files.has(at) && sent.sha !== blob(files.get(at))) return error(sent.sha ? 409 : 422, sent.sha ? 'does not match' : 'Invalid request. "sha" wasn\'t supplied.');
        files.set(at, Buffer.from(sent.content, 'base64'));
        return reply(201, { content: { path: at } });
      }
      case 'get /pulls': {
        const list = operation.responses[200].content['application/json'];
        const [one] = Object.values(list.examples)[0].value;
        return reply(200, state.pulls.filter((p) => p.head === url.searchParams.get('head')).map((p) => merged(one, pull(p))));
      }
      case 'post /pulls': {
        if (state.pulls.some((p) => p.head === sent.head && p.state === 'open')) return error(422, 'Validation Failed');
        state.pulls.push({ number: state.pulls.length + 1, state: 'open', ...sent });
        return reply(201, merged(exampleOf(operation, 201), pull(state.pulls.at(-1))));
      }
    }
    return undefined;
  });
  return { address, state, log, broken, hooks, env: { GITHUB_TOKEN: token } };
}

function merged(into, patch) {
  const out = { ...into };
  for (const [key, value] of Object.entries(patch)) out[key] = value && typeof value === 'object' && !Array.isArray(value) && out[key] && typeof out[key] === 'object' ? merged(out[key], value) : value;
  return out;
}
