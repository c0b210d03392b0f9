import type { Act } from './acts';
import { en } from './i18n/en';
import { problems } from './problems';

/** The header of a .gguf file lies at its start; the weights are never read. */
const headerBytes = 32 * 1024 * 1024;

async function content(file: File): Promise<string | Uint8Array> {
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const gguf = String.fromCharCode(...start) === 'GGUF';
  if (!gguf && file.size > headerBytes) throw new Error(en.files.unreadable);
  return gguf ? new Uint8Array(await file.slice(0, headerBytes).arrayBuffer()) : file.text();
}

/** Takes them one after the other: the last one is what is shown. */
export async function takeFiles(files: File[], act: Act): Promise<void> {
  for (const file of files) {
    try {
      // oxlint-disable-next-line no-await-in-loop
      await act({ do: 'take', input: await content(file), file: file.name });
    } catch (error) {
      void act({ rejected: { file: file.name, errors: problems(error) } });
    }
  }
}
