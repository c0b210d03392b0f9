import type { Estimator, LoadOptions } from './index.js';

export * from './index.js';
/**
 * The half that answers. It trusts what it is given: presets that were checked, as those of a site's build, and questions
 * of the right shape. It knows models and devices by their ids alone, and numbers of a board not at all: a choice that
 * needs them has an error of the code `not_here`.
 */
export type Answerer = Pick<Estimator, 'addPreset' | 'addPresets' | 'choose' | 'catalog'> & { version(): { version: string } };
export declare function load(options?: LoadOptions): Promise<Answerer>;
