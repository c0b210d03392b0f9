import { EdgewiseCalculator } from './embed/calculator';
import { EdgewiseTable } from './embed/tables';
import { EdgewiseValue } from './embed/values';

// A second copy of this file on one page must not throw.
for (const [name, element] of [
  ['edgewise-calculator', EdgewiseCalculator],
  ['edgewise-table', EdgewiseTable],
  ['edgewise-value', EdgewiseValue]
] as const)
  if (!customElements.get(name)) customElements.define(name, element);
export { EdgewiseCalculator, EdgewiseTable, EdgewiseValue };
