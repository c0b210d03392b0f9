// Manual pages and completion, which are made of the command line's own grammar.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const binary = process.env.EDGEWISE_BINARY ?? fileURLToPath(new URL('../../build/native/bin/edgewise', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'edgewise-reference-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function run(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  if (error) throw error;
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}
const edgewise = (...args) => run(binary, args);

/** What --help says: the words of options and of commands, of every command there is. */
function grammar(words = []) {
  const help = edgewise(...words, '--help');
  const [, options, commands = ''] = /\nOptions:\n(.*?)(?:\n\nSubcommands:\n(.*))?$/s.exec(help);
  const subs = [...commands.matchAll(/^ {2}(\S+)/gm)].map((m) => m[1]);
  const names = [...options.matchAll(/^ {2}(-\S+)/gm)].flatMap((m) => m[1].split(','));
  return [{ words, names, subs }, ...subs.flatMap((sub) => grammar([...words, sub]))];
}
const all = grammar();
const unformatted = (page) => page.replaceAll('\\-', '-').replaceAll(/\\f[BIR]/g, '');

test('a manual page for every command, with each of its options, that man reads without a warning', () => {
  edgewise('man', '--output', 'pages', '--date', '2026-01-31');
  const pages = readdirSync(join(folder, 'pages')).sort();
  assert.deepEqual(pages, all.map(({ words }) => `${['edgewise', ...words].join('-')}.1`).sort());
  assert.ok(all.length > 20 && all.some(({ words }) => words.join(' ') === 'catalog build'));
  for (const { words, names, subs } of all) {
    const page = join(folder, 'pages', `${['edgewise', ...words].join('-')}.1`);
    const text = unformatted(readFileSync(page, 'utf8'));
    for (const name of names) assert.match(text, new RegExp(`^\\.TP\\n(?:.*, )?${name}(?:,| |\\n)`, 'm'), `${page}: ${name}`);
    for (const sub of subs) assert.match(text, new RegExp(`^\\.TP\\n${sub}\\n`, 'm'), `${page}: ${sub}`);
    // Every option says what it is.
    assert.doesNotMatch(text, /^\.TP\n.*\n\n/m, page);
    const { stderr } = spawnSync('groff', ['-man', '-ww', '-Tutf8', page], { encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.equal(spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', page], { encoding: 'utf8' }).stdout, '');
  }
  assert.equal(edgewise('man', 'catalog', 'build', '--date', '2026-01-31'), readFileSync(join(folder, 'pages/edgewise-catalog-build.1'), 'utf8'));
});

test('man: an unknown command and a day that is none are refused', () => {
  for (const [args, words] of [[['nothing'], /COMMAND: there is no such command/], [['--date', 'yesterday'], /YYYY-MM-DD/], [['--date', '2026-02-30'], /YYYY-MM-DD/]]) {
    const { status, stdout, stderr } = spawnSync(binary, ['man', ...args], { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, words);
  }
});

const script = (shell) => {
  const path = join(folder, `edgewise.${shell}`);
  writeFileSync(path, edgewise('completion', shell));
  return path;
};
const env = { PATH: `${dirname(binary)}:${process.env.PATH}`, HOME: folder, TERM: 'dumb' };

test('bash completes commands, options, values and ids', () => {
  const path = script('bash');
  const completed = (...words) =>
    run('bash', ['--norc', '-c', `. ${path}; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _edgewise; printf '%s\\n' "\${COMPREPLY[@]}"`, 'bash', 'edgewise', ...words], { env })
      .split('\n')
      .filter(Boolean);
  for (const { words, names, subs } of all) {
    assert.deepEqual(completed(...words, '-').sort(), [...names].sort(), words.join(' '));
    if (subs.length) assert.deepEqual(completed(...words, '').filter((word) => !word.startsWith('-')).sort(), [...subs].sort());
  }
  assert.deepEqual(completed('est'), ['estimate']);
  assert.deepEqual(completed('estimate', '--format', ''), ['text', 'json', 'csv']);
  assert.deepEqual(completed('estimate', '--model', 'llama-3.2-3'), ['llama-3.2-3b']);
  assert.deepEqual(completed('estimate', '--model', 'load', '--device', 'raspberry-pi-5-8'), ['raspberry-pi-5-8gb']);
  assert.deepEqual(completed('list', 'mod'), ['models']);
  assert.deepEqual(completed('catalog', 'build', '--ski'), ['--skip-bad']);
  // Files are bash's own to complete.
  assert.deepEqual(completed('check', ''), []);
  assert.deepEqual(completed('estimate', '--save-device', ''), []);
  assert.match(run('bash', ['--norc', '-c', `. ${path}; complete -p edgewise`], { env }), /-o default -F _edgewise edgewise/);
});

test('fish completes the same', () => {
  const path = script('fish');
  const completed = (line) =>
    run('fish', ['--no-config', '-c', `source ${path}; complete -C '${line}'`], { env })
      .split('\n')
      .filter(Boolean)
      .map((l) => l.split('\t')[0]);
  for (const { words, names, subs } of all) {
    const line = ['edgewise', ...words].join(' ');
    const options = completed(`${line} -`);
    for (const name of names) assert.ok(options.includes(name), `${line} ${name}`);
    for (const sub of subs) assert.ok(completed(`${line} `).includes(sub), `${line} ${sub}`);
  }
  assert.deepEqual(completed('edgewise estimate --format '), ['csv', 'json', 'text']);
  assert.deepEqual(completed('edgewise estimate --model llama-3.2-3'), ['llama-3.2-3b']);
  assert.deepEqual(completed('edgewise list mod'), ['models']);
});

test('zsh completes the same', () => {
  const path = script('zsh');
  // What the script hands to the functions of zsh's completion, which need a terminal.
  const completed = (...words) =>
    run('zsh', ['-f', '-c', `
      _files() { print -r -- files }
      _describe() { print -rl -- \${(P)2%%:*} }
      compadd() { print -rl -- \${(P)@[-1]} }
      _arguments() { print -rl -- "$@" }
      words=("$@"); CURRENT=$#
      source ${path}`, 'zsh', 'edgewise', ...words], { env }).split('\n').filter(Boolean);
  for (const { words, names, subs } of all) {
    const given = completed(...words, '-');
    for (const name of names) assert.ok(given.some((spec) => spec.startsWith(`*${name}[`)), `${words.join(' ')} ${name}`);
    if (subs.length) assert.deepEqual(completed(...words, '').sort(), [...subs].sort());
  }
  assert.ok(completed('estimate', '-').includes('*--model[model\\: an id, a preset, a Hugging Face config.json or a .gguf]:TEXT:_edgewise-listed models'));
});
