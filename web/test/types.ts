// What the types of the package say of its halves; test/types.test.mjs has them checked.
import { load, type Edgewise, type Query } from 'edgewise';
import { EdgewiseError, load as loadEstimator, type Estimator } from 'edgewise/estimate';

const query: Query = { model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb' };
const whole: Edgewise = await load();
const half: Estimator = await loadEstimator({ wasmUrl: './edgewise-estimate.wasm' });

export const texts: string[] = [
  half.addPreset(whole.modelPreset('{}', 'mine')),
  half.estimate(query).sentence,
  whole.estimate(query).sentence,
  whole.importModel(new Uint8Array()),
  ...whole.check('{}').problems.map((p) => p.rule),
  new EdgewiseError().code
];
// @ts-expect-error -- the half that estimates imports nothing
half.importModel('{}');
// @ts-expect-error -- nor does it make presets of what others wrote
half.modelPreset('{}');
// @ts-expect-error -- nor has it the rule book
half.check('{}');
