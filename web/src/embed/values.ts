import { EdgewiseElement } from './element';
import type { Look } from './look';
import { hidden } from './styles';

/**
 * <edgewise-value term="decode_tok_s" model="llama-3.2-1b" device="raspberry-pi-5-8gb">about 10 tok/s</edgewise-value>
 * One number with its unit, in a sentence and its font.
 */
export class EdgewiseValue extends EdgewiseElement {
  static styles = hidden;

  protected async look(): Promise<Look> {
    return (await import('./value')).value;
  }
}
