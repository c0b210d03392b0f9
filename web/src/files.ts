import type { App } from './app';
import { problems } from './engine';
import { en, fill } from './i18n/en';

/** The header of a .gguf file lies at its start; the weights are never read. */
const headerBytes = 32 * 1024 * 1024;

export async function takeFiles(app: App, files: File[]): Promise<void> {
  for (const file of files) {
    try {
      const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
      const gguf = start[0] === 0x47 && start[1] === 0x47 && start[2] === 0x55 && start[3] === 0x46;
      if (!gguf && file.size > headerBytes) throw new Error(en.files.unreadable);
      const input = gguf ? new Uint8Array(await file.slice(0, headerBytes).arrayBuffer()) : await file.text();
      await take(app, input, file.name);
    } catch (error) {
      app.rejected = { file: file.name, errors: problems(error) };
    }
  }
}

export async function take(app: App, input: string | Uint8Array, file: string): Promise<boolean> {
  if (!app.engine) return false;
  try {
    const taken = await app.engine.take(input, file.replace(/\.(json|gguf)$/i, ''));
    app.rejected = undefined;
    const name =
      taken.kind === 'model'
        ? app.engine.index.models.find((m) => m.id === taken.id)?.name
        : taken.kind === 'device'
          ? app.engine.index.devices.find((d) => d.id === taken.id)?.name
          : taken.id;
    await app.change(
      taken.kind === 'model'
        ? { model: taken.id }
        : taken.kind === 'device'
          ? { device: taken.id, runtime: '', power_mode: '' }
          : {}
    );
    app.say(fill(en.files.added, { name: name ?? taken.id }));
    return true;
  } catch (error) {
    app.rejected = { file, errors: problems(error) };
    return false;
  }
}
