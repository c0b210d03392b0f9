import type { Estimator, LoadOptions } from './index.js';

export * from './index.js';
/** Loads the half that only estimates: it neither imports models nor checks presets against the rule book. */
export declare function load(options?: LoadOptions): Promise<Estimator>;
