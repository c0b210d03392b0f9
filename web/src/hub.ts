import { Refusal, type Asker } from './asker';
import { fill } from './i18n';
import { bring } from './i18n/bring';
import { hostOfSource, pageOfSource, type HubSource, type Source } from './sources';
import type { Offer, Left } from './types';

/** A model of a hub: its files, and those that could be read. */
export interface Repository {
  files: { name: string; bytes: number | undefined }[];
  choices: Offer[];
  left: Left[];
}

const mostListing = 8_000_000;
const part = /-\d{5}-of-\d{5}$/;
const format =
  /(?:^|[-_.])((?:ud-)?(?:i?q\d+(?:_[a-z0-9]+)*|[tb]?f(?:p)?(?:16|32)|bf16|mxfp4(?:_moe)?|nvfp4|tq\d_\d))$/i;
const stemOf = (file: string): string =>
  file
    .split('/')
    .pop()!
    .replace(/\.gguf$/i, '')
    .replace(part, '');

/** The quantization that the name of a GGUF file carries; without one, the name. */
export const quantOf = (file: string): string => format.exec(stemOf(file))?.[1] ?? stemOf(file);

/** Files that lie among GGUFs and are no language model: projectors of images, importance matrices, drafts. */
const beside = (file: string): Left['why'] | undefined =>
  /(^|\/)[^/]*mmproj[^/]*$/i.test(file) ? 'projector' : /imatrix/i.test(file) ? 'matrix' : undefined;

/** Weights as Hugging Face stores them, at the top of the repository. */
export const isWeights = (file: string): boolean =>
  /^(?!consolidated|adapter)[^/]+\.safetensors$/i.test(file);

/** What went wrong where a model lies, with what to do by hand. */
export function explained(error: unknown, source: Source, hub: string, file: string): Error {
  if (!(error instanceof Refusal)) return error as Error;
  const { status } = error;
  const values = { host: hostOfSource(source, hub), page: pageOfSource(source, hub), file, status };
  const said =
    status === 429
      ? bring.tooOften
      : ((source.at === 'hub' ? ofHub(error, source, file) : ofAddress(status)) ?? bring.refused);
  return new Error(fill(said, source.at === 'hub' ? { ...source, ...values } : values), { cause: error });
}
function ofHub({ status, reason }: Refusal, { revision }: HubSource, file: string): string | undefined {
  const gated = reason === 'GatedRepo' || status === 403;
  if (gated) return bring.gated;
  // Of what is private it says no more than of what does not exist.
  if (reason === 'RepoNotFound' || status === 401 || (status === 404 && file === '')) return bring.absent;
  if (reason === 'RevisionNotFound') return fill(bring.noRevision, { revision });
  return status === 404 ? bring.noFile : undefined;
}
const ofAddress = (status: number): string | undefined =>
  status === 401 || status === 403
    ? bring.forbidden
    : status === 404 || status === 410
      ? bring.missing
      : undefined;

/** What the hub lists of a model. */
export async function repository(asker: Asker, source: HubSource, hub: string): Promise<Repository> {
  const at = source.revision === 'main' ? '' : `/revision/${encodeURIComponent(source.revision)}`;
  const url = new URL(`${hub}api/models/${source.id}${at}?blobs=true`);
  let text: string;
  try {
    const bytes = await asker.get(url, { name: `api/models/${source.id}`, most: mostListing });
    text = new TextDecoder().decode(bytes);
  } catch (error) {
    throw explained(error, source, hub, '');
  }
  return arranged(listed(text, source));
}

function listed(text: string, { id }: HubSource): Repository['files'] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(fill(bring.noListing, { id }), { cause: error });
  }
  const { siblings } = Object(json) as { siblings?: unknown };
  if (!Array.isArray(siblings)) throw new Error(fill(bring.noListing, { id }));
  return siblings.flatMap((entry: unknown) => {
    const { rfilename: name, size } = Object(entry) as { rfilename?: unknown; size?: unknown };
    return typeof name === 'string' && !name.split('/').includes('..')
      ? [{ name, bytes: typeof size === 'number' ? size : undefined }]
      : [];
  });
}

function arranged(files: Repository['files']): Repository {
  const groups = new Map<string, Repository['files']>();
  const left: Left[] = [];
  for (const file of files.filter((f) => /\.gguf$/i.test(f.name))) {
    const why = beside(file.name);
    if (why) left.push({ name: file.name, why });
    else {
      const key = file.name.replace(/\.gguf$/i, '').replace(part, '');
      groups.set(key, [...(groups.get(key) ?? []), file]);
    }
  }
  const size = (list: Repository['files']): number | undefined =>
    list.every((f) => f.bytes !== undefined) ? list.reduce((sum, f) => sum + f.bytes!, 0) : undefined;
  const choices = [...groups.values()].map((group): Offer => ({
    label: quantOf(group[0].name),
    files: group.map((f) => f.name).sort(),
    bytes: size(group)
  }));
  const weights = files.filter((f) => isWeights(f.name));
  const hasConfig = files.some((f) => f.name === 'config.json');
  if (hasConfig && (weights.length || !choices.length))
    choices.push({
      label: 'safetensors',
      files: ['config.json'],
      bytes: weights.length ? size(weights) : undefined
    });
  return { files, choices: distinct(choices), left };
}

/** Several files of one quantization go by their names. */
const distinct = (choices: Offer[]): Offer[] =>
  choices.map((choice) =>
    choices.some((other) => other !== choice && other.label === choice.label)
      ? { ...choice, label: stemOf(choice.files[0]) }
      : choice
  );

/** The choice that a word after a colon means. */
export function chosen(choices: Offer[], quant: string): Offer | undefined {
  const word = quant.toLowerCase();
  return (
    choices.find((c) => c.label.toLowerCase() === word) ??
    choices.find((c) => c.files.some((f) => stemOf(f).toLowerCase().endsWith(word)))
  );
}
/** What most take, where several are offered. */
export const usual = (choices: Offer[]): Offer =>
  ['q4_k_m', 'ud-q4_k_xl', 'mxfp4', 'mxfp4_moe', 'q4_0', 'q8_0'].flatMap((q) => {
    const found = choices.find((c) => c.label.toLowerCase() === q);
    return found ? [found] : [];
  })[0] ?? choices[0];
