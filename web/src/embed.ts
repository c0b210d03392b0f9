import { EdgewiseCalculator } from './embed/calculator';

// A second copy of this file on one page must not throw.
if (!customElements.get('edgewise-calculator'))
  customElements.define('edgewise-calculator', EdgewiseCalculator);
export { EdgewiseCalculator };
