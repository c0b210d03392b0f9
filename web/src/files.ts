import type { Act } from './acts';

/** Takes them one after the other: the last one is what is shown. */
export async function takeFiles(files: File[], act: Act): Promise<void> {
  for (const file of files) {
    // oxlint-disable-next-line no-await-in-loop
    await act({ do: 'take', input: file, file: file.name });
  }
}
