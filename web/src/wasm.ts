import { load } from 'edgewise';
import wasmUrl from 'edgewise/edgewise-engine.wasm?url';
import { Engine, type Sources } from './engine';
import { fetchText } from './site';

/**
 * The engine of a browser: WebAssembly, with the presets of this site. `remote`: how files of other addresses
 * are had.
 */
export const startEngine = (remote: Sources['remote']): Promise<Engine> =>
  Engine.start({ load: () => load({ wasmUrl }), text: fetchText, remote });
