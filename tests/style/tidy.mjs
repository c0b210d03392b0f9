// clang-tidy over compile commands. What it said of a file is kept until the file, one of our headers that it includes, its
// command, a .clang-tidy above it or clang-tidy itself changes.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

const ours = (root, file) => !relative(root, file).startsWith('..');

/// Contents by path of `file` and of everything of ours that it includes.
function closure(root, file, folders, read, seen = new Map()) {
  if (seen.has(file)) return seen;
  const text = read(file);
  seen.set(file, text);
  for (const [, name] of text.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
    const found = [dirname(file), ...folders].map((folder) => resolve(folder, name)).find((path) => ours(root, path) && existsSync(path));
    if (found) closure(root, found, folders, read, seen);
  }
  return seen;
}

/// The .clang-tidy files in the folders of `file`, up to the root.
function rulesOf(root, file) {
  const folder = dirname(file), rules = join(folder, '.clang-tidy');
  const above = ours(root, folder) && relative(root, folder) !== '' ? rulesOf(root, folder) : [];
  return existsSync(rules) ? [...above, rules] : above;
}

/// Everything that clang-tidy finds in the commands of `build`/compile_commands.json whose files `takes` takes, one text for each
/// file with findings. `checks` are added to those of .clang-tidy.
export async function tidy(root, build, takes, checks = '') {
  const tool = execFileSync('clang-tidy', ['--version'], { encoding: 'utf8' }) + checks;
  const cache = join(build, checks === '' ? 'tidy' : 'analyze');
  mkdirSync(cache, { recursive: true });

  const texts = new Map();
  const read = (file) => texts.get(file) ?? texts.set(file, readFileSync(file, 'utf8')).get(file);
  const jobs = JSON.parse(readFileSync(join(build, 'compile_commands.json'), 'utf8'))
    .filter((entry) => ours(root, entry.file) && !ours(build, entry.file) && takes(relative(root, entry.file)))
    .map((entry) => {
      const folders = [...entry.command.matchAll(/(?:^|\s)-(?:I|isystem)\s*(\S+)/g)].map(([, folder]) => folder);
      const hash = createHash('sha256').update(tool + entry.command);
      const files = closure(root, entry.file, folders, read);
      for (const rules of rulesOf(root, entry.file)) files.set(rules, read(rules));
      for (const [file, text] of files) hash.update(`\0${relative(root, file)}\0${text}`);
      return { entry, said: join(cache, hash.digest('hex')) };
    });

  const known = new Set(jobs.map((job) => job.said));
  for (const name of readdirSync(cache)) if (!known.has(join(cache, name))) rmSync(join(cache, name), { recursive: true });

  const waiting = jobs.filter((job) => !existsSync(job.said));
  const worker = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      const { entry, said } = job;
      const alone = `${said}.part`; // a file may have several commands: clang-tidy is shown this one
      mkdirSync(alone, { recursive: true });
      writeFileSync(join(alone, 'compile_commands.json'), JSON.stringify([entry]));
      const { error, stdout, stderr } = await new Promise((done) =>
        execFile('clang-tidy', ['-p', alone, '--quiet', `--checks=${checks}`, entry.file], { maxBuffer: 1 << 28 }, (error, stdout, stderr) => done({ error, stdout, stderr })),
      );
      writeFileSync(join(alone, 'said'), error ? stdout || stderr || String(error) : '');
      renameSync(join(alone, 'said'), said);
      rmSync(alone, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: Number(process.env.JOBS) || availableParallelism() }, worker));
  return [...new Set(jobs.map((job) => readFileSync(job.said, 'utf8')))].filter(Boolean);
}
