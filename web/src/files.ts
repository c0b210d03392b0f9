import type { Act } from './acts';

const part = /-\d{5}-of-(\d{5})\.(gguf|safetensors)$/i;
const besideWeights = /(config\.json|\.index\.json|\.safetensors)$/i;

/** Files that describe one model: the parts of a split one, or weights and configs that stand in one folder. */
function together(files: File[]): File[][] {
  const folder = files.filter((f) => besideWeights.test(f.name));
  // Several configs without weights are as many models.
  if (
    folder.every((f) => f.name.endsWith('config.json')) &&
    new Set(folder.map((f) => f.name)).size < folder.length
  )
    return files.map((f) => [f]);
  const one = folder.length > 1 ? folder : [];
  const groups = new Map<string, File[]>();
  for (const file of files) {
    if (one.includes(file)) continue;
    const key = part.test(file.name) ? file.name.replace(part, '-$1.$2') : `${groups.size}`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...(one.length ? [one] : []), ...groups.values()];
}

/** What a model is called by the name of its file. */
export const modelName = (file: string): string =>
  file.replace(part, '').replace(/\.(json|gguf|safetensors)$/i, '');

/** Takes them one after the other: the first one is shown, the user chooses among the others. */
export async function takeFiles(files: File[], act: Act): Promise<void> {
  for (const [i, group] of together(files).entries()) {
    const [first] = group;
    const weights = group.find((f) => !f.name.endsWith('.json')) ?? first;
    // oxlint-disable-next-line no-await-in-loop
    if (weights) await act({ do: 'take', input: group, file: weights.name, beside: i > 0 });
  }
}
