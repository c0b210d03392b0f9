// Writes RELIABILITY.md of what the fuzz targets and the tests of faults counted: `./dev reliability` runs both first. Fuzz
// executions are added to those that the page tells of already.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [counts] = process.argv.slice(2);
const sums = new Map();
for (const line of readFileSync(counts, 'utf8').trim().split('\n')) {
  const { what, n } = JSON.parse(line);
  sums.set(what, (sums.get(what) ?? 0) + n);
}
const grouped = (n) => n.toLocaleString('en');
const figure = (what) => {
  if (!sums.has(what)) throw new Error(`nobody counted "${what}"`);
  return grouped(sums.get(what));
};
if (![...sums.keys()].some((what) => what.startsWith('fuzz_'))) throw new Error('no fuzz target ran');
const version = /project\(edgewise VERSION (\S+)/.exec(readFileSync(new URL('../CMakeLists.txt', import.meta.url), 'utf8'))[1];

const page = fileURLToPath(new URL('RELIABILITY.md', import.meta.url));
const before = new Map([...readFileSync(page, 'utf8').matchAll(/^\| `(\w+)` \|(?: [\d,]+ \|)? ([\d,]+) \|$/gm)].map(([, target, n]) => [`fuzz_${target}`, Number(n.replaceAll(',', ''))]));
// What did not run this time keeps its place.
const fuzzed = [...new Map([...[...before.keys()].map((what) => [what, 0]), ...sums])].filter(([what]) => what.startsWith('fuzz_'));
const executions = fuzzed.reduce((all, [, n]) => all + n, 0);
const inAll = ([what, n]) => (before.get(what) ?? 0) + n;

const text = `# Reliability

What was tried and how often, and that none of it ended otherwise than it must. \`./dev reliability [seconds]\` runs it and writes
this page; a run in which anything fails writes none. Version ${version}, ${new Date().toISOString().slice(0, 10)}.

| tried | times | each of them ended |
|---|--:|---|
| fuzz executions (AddressSanitizer, UndefinedBehaviorSanitizer), of all runs so far ${grouped(fuzzed.reduce((sum, one) => sum + inAll(one), 0))} | ${grouped(executions)} | with a value, or errors that have a code and a message; numbers finite or unknown, and inside their ranges |
| hostile and damaged files on the command line | ${figure('hostile files')} | with exit code 2, the file and the place in it; nothing written |
| measurements that no machine made | ${figure('damaged measurements')} | refused with exit code 2, or a preset that \`check\` accepts |
| signals while measuring | ${figure('signals')} | with no file, or a whole one |
| \`publish\` killed (SIGKILL), from its start to its end | ${figure('kills')} | asked again, with every preset there, once, whole |
| uploads to servers that fail, cut, stall or answer nonsense | ${figure('uploads under faults')} | in bounded time, with the preset sent or kept |
| presets by several publishers at once | ${figure('presets by several publishers at once')} | stored and in the index, once; lost: 0 |

The fuzz targets (\`fuzz/\`; a search begins where the last one ended):

| target | executions | of all runs so far |
|---|--:|--:|
${fuzzed.sort().map(([what, n]) => `| \`${what.slice('fuzz_'.length)}\` | ${grouped(n)} | ${grouped(inAll([what, n]))} |`).join('\n')}
`;
writeFileSync(page, text);
