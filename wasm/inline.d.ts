import type { Edgewise, LoadOptions } from './index.js';

export * from './index.js';
/** Loads the whole engine out of the module itself: no file is fetched, whatever a server makes of it. */
export declare function load(options?: Pick<LoadOptions, 'presets'>): Promise<Edgewise>;
